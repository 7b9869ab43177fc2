"""The style sheets and scripts that exported pages carry, as files."""

from functools import cache
from importlib.resources import files

__all__ = ["asset"]


@cache
def asset(name: str) -> str:
    """The text of the file `name` in this folder."""
    return (files(__package__) / name).read_text(encoding="utf-8").strip()
