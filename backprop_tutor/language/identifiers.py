"""What a quantity is called in Python."""

import keyword
import re

__all__ = ["identifier"]

_TAKEN = ("np", "check", "expected")  # by the files that are written


def identifier(name: str) -> str:
    """A quantity's name as a variable: `dJ_dW1`."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) or plain in _TAKEN else plain
