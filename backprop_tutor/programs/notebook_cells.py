"""The code cells of a notebook as Python: what only IPython understands is left out."""

import io
import json
import re
import tokenize
from collections.abc import Iterator
from typing import Any

from backprop_tutor.errors import AccessError

__all__ = ["code_cells"]

_MAGIC = re.compile(r"\s*(?:[%!]|\?{1,2}[\w.]|[\w.\[\]'\"()]+\?{1,2}\s*$)")
_ASSIGNED = re.compile(r"\s*[\w.,\s]+=\s*[%!]\s*\w")
_TIMED = "%%time"  # the magic whose body runs as the cell would


def code_cells(source: bytes, file: str) -> list[tuple[str, str]]:
    """Each code cell with a label, `cell 2`, that counts the code cells. Raises AccessError."""
    try:
        notebook = json.loads(source.decode("utf-8-sig"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        texts = [_text(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise AccessError("this is not a notebook that can be read.", where=file) from None
    return [(f"cell {number}", "".join(_python(text))) for number, text in enumerate(texts, 1)]


def _text(source: Any) -> str:
    text = source if isinstance(source, str) else "".join(source)
    if not isinstance(text, str):
        raise TypeError
    return text


def _python(cell: str) -> Iterator[str]:
    """The lines of a cell, `pass` in the place of a magic one, so that each stays on its line."""
    lines = cell.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].startswith("%%"):
        if lines[first].split()[0] != _TIMED:
            return
        lines[first] = "\n"
    kept: list[str] = []
    for line in lines:
        is_magic = _MAGIC.match(line) or _ASSIGNED.match(line)
        if is_magic and not _is_inside("".join(kept)):
            indent = line[: len(line) - len(line.lstrip())]
            line = f"{indent}pass\n" if line.endswith("\n") else f"{indent}pass"
        kept.append(line)
        yield line


def _is_inside(text: str) -> bool:
    """Whether `text` ends within a string, a bracket or a line that goes on: there % is Python's own."""
    if text.rstrip("\n").endswith("\\"):
        return True
    try:
        for _ in tokenize.generate_tokens(io.StringIO(text).readline):
            pass
    except tokenize.TokenError:
        return True
    except (SyntaxError, ValueError):
        return False
    return False
