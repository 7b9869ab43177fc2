"""What shows blocks: one module a kind of output."""

__all__: list[str] = []
