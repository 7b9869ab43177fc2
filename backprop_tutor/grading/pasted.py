"""Answers as they are pasted: arrays as NumPy and MATLAB print them, what cannot be seen, dates."""

import re

from backprop_tutor.language.tokens import plain

__all__ = [
    "bare_rows",
    "bracketed",
    "made_a_date",
    "side_by_side",
    "spreadsheet_error",
    "typed_array",
    "without_hidden",
]

_LONGEST = 60

# They show nothing and change nothing that is seen; those that turn the text round are not among them.
_DROPPED = "\u00ad\u034f\u200b\u200c\u200d\u200e\u202a\u202c\u2060\u2061\u2066\u2068\u2069\ufe0e\ufe0f\ufeff"
_HIDDEN = str.maketrans("\u2062\u2063\u2064", "*,+", _DROPPED)

_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?:/[0-9]+)?"
_CELL = re.compile(_NUMBER)
_WRAPPED = re.compile(
    rf"(?:\w+\.)*(?:array|asarray|matrix|tensor)\(\s*(\[.*?\]|{_NUMBER})\s*(?:,\s*\w+\s*=.*)?\)", re.DOTALL
)
_SCALAR = re.compile(r"(?:np|numpy)\.(?:float|int|longdouble)\w*\(([^()]*)\)")  # as NumPy 2 prints lists
_NESTED = re.compile(r"\(\s*\([^()]*,|\{\s*\{")
_SQUARE = str.maketrans("(){}", "[][]")
_MAYBE_DECIMAL = re.compile(r"(?<![0-9.])[0-9]+,[0-9]+(?![0-9.])")  # the comma of 1,5; not of 0.1,0.5 or 1,-5
_SIDE_BY_SIDE = re.compile(rf"{_NUMBER}(?:[ \t\r\n]+{_NUMBER})+")

_MONTH = (
    r"(?:(?:jan|feb|m[aä]r|m[er][zt]|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|ene|f[eé]v|a[bv]r|juin|juil|ago"
    r"|ao[uû]|d[ié]c)[a-zé]{0,7}|[а-я]{3,8})"
)
_SHEET_ERROR = re.compile(r"#(?:#+|[^\W\d_][\w/.]*[!?]?)")
_DATE = re.compile(
    rf"\d{{1,2}}[-./ ]{{1,2}}{_MONTH}\.?(?:[-./ ]\d{{2,4}})?|{_MONTH}\.?[-./ ]\d{{1,4}}"
    r"|\d{1,2}([-./])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-./])\d{2}\2\d{2}(?:[ T]0{1,2}:00(?::00)?)?"
    r"|0\d/[0-3]?\d/\d\d|[0-3]?\d/0\d/\d\d|\d{1,2}\.\d{1,2}\.\d\d"
    r"|\d{1,2} ?[月월] ?\d{1,2} ?[日일]",
    re.IGNORECASE,
)


def without_hidden(text: str) -> str:
    """`text` as it is seen: invisible signs of operations are written out, what shows nothing is dropped."""
    return text if text.isascii() else text.translate(_HIDDEN)


def made_a_date(text: str) -> bool:
    """Whether `text` is what a spreadsheet makes of a fraction: 1-Feb, 1/2/2025, 2025-01-02."""
    return _DATE.fullmatch(text) is not None


def spreadsheet_error(text: str) -> bool:
    """Whether `text` is what a spreadsheet shows for a formula that it took for its own: #NAME?, #WERT!."""
    return _SHEET_ERROR.fullmatch(text) is not None


def typed_array(text: str) -> str:
    """`[[1., -1.]]` for `array([[ 1., -1.]])` or `[[ 1. -1.]]`; nothing for a text that is no such array."""
    text = plain(text).strip()
    wrapped = _WRAPPED.fullmatch(text)
    inner = _SCALAR.sub(r"\1", wrapped[1] if wrapped else text)
    if _NESTED.match(inner) and (written := _typed(inner.translate(_SQUARE))):
        return written  # tuples of tuples, and lists as Mathematica has them
    written = (_typed(inner) or _side_by_side(inner)) if inner.startswith("[") else ""
    return written or (inner if wrapped or inner != text else "")


def bare_rows(text: str) -> str:
    """`[1, 2; 3, 4]` for `1 2; 3 4` without its brackets; nothing for any other text, or for one number."""
    text = plain(text).strip()
    if (text[:1], text[-1:]) in (("(", ")"), ("{", "}")):
        text = text[1:-1]
    elif _MAYBE_DECIMAL.search(text):
        return ""
    written = _rows(text)
    return written if "," in written or ";" in written else ""


def bracketed(text: str) -> str:
    """How `1,2;0,1` is written with its brackets; nothing for any other text, or for one number."""
    written = _rows(text.strip()) if "," in text else ""
    return written if len(written) <= _LONGEST else "[1, 0; -1, 1]"


def side_by_side(text: str) -> bool:
    """Whether `text` is several numbers with nothing but space between them."""
    return _SIDE_BY_SIDE.fullmatch(plain(text)) is not None


def _typed(text: str) -> str:
    """An array in brackets, to any depth; nothing where it is not one of numbers."""
    if not (text.startswith("[") and text.endswith("]")):
        return ""
    inner = text[1:-1].strip()
    if "[" not in inner:
        return _rows(inner)
    parts = [_typed(part) for part in _parts(inner)]
    return f"[{', '.join(parts)}]" if parts and all(parts) else ""


def _side_by_side(text: str) -> str:
    """`[[1, 0], [0, 1]]` for the rows `[1, 0], [0, 1]`, which have no brackets around them."""
    parts = [_typed(part) for part in _parts(text)]
    return f"[{', '.join(parts)}]" if len(parts) > 1 and all(parts) else ""


def _parts(text: str) -> list[str]:
    """The bracketed parts of `text`, with nothing else between them; none where there is."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if depth < 0:
            return []
        if character == "]" and depth == 0:
            parts.append(text[start : at + 1].lstrip(" \t\r\n,;"))
            start = at + 1
    return parts if not text[start:].strip() and not depth else []


def _rows(text: str) -> str:
    """The rows of a matrix: `;` parts them, or line ends where each line holds several numbers."""
    lines = [line.strip().removesuffix(",") for line in re.split(r"[;\n]", text)]
    rows = [re.split(r"[ \t\r]*,[ \t\r]*|[ \t\r]+", line) for line in lines if line]
    if not rows or not all(_CELL.fullmatch(cell) for row in rows for cell in row):
        return ""
    lengths = {len(row) for row in rows}
    if ";" not in text and (len(lengths) > 1 or lengths == {1}):
        rows = [[cell for row in rows for cell in row]]
    return f"[{'; '.join(', '.join(row) for row in rows)}]"
