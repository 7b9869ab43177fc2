"""The style sheets and scripts that exported pages carry, as files."""

from functools import cache
from pathlib import Path

__all__ = ["asset"]


@cache
def asset(name: str) -> str:
    """The text of the file `name` in this folder."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()
