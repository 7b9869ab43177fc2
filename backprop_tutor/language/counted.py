"""How many of something there are, in words: 1 column, 3 indices."""

__all__ = ["many"]

_PLURALS = {"index": "indices", "entry": "entries", "quantity": "quantities", "axis": "axes"}


def many(count: int, noun: str) -> str:
    """`1 column`, `2,000 columns`."""
    return f"{count:,} {noun if count == 1 else _PLURALS.get(noun, f'{noun}s')}"
