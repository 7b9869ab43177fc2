"""What makes blocks of a thing: one module a subject."""

__all__: list[str] = []
