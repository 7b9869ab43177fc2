"""What makes blocks of a thing: of a solution, an explanation, a rule card."""

__all__ = []
