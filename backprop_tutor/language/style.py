"""How things are written: the signs of an alphabet, the glyphs of functions, the letters of quantities."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from backprop_tutor.language.expr import Expr, Item, Num, Slice, Sym
from backprop_tutor.language.step_index import split_step

__all__ = [
    "ASCII",
    "UNICODE",
    "Glyph",
    "Glyphs",
    "Style",
    "Written",
    "index_text",
    "plain_names",
    "plain_text",
    "trailing_text",
]


class Glyphs(NamedTuple):
    """The signs of a text alphabet; `scripts` says whether it has superscripts and subscripts."""

    times: str
    hadamard: str
    matmul: str
    power: str
    transpose: str
    partial: str
    total: str
    at_least: str
    at_most: str
    scripts: bool


UNICODE = Glyphs("·", " ⊙ ", " @ ", "^", "ᵀ", "∂", "Σ", "≥", "≤", scripts=True)
ASCII = Glyphs("*", " .* ", " @ ", "**", ".T", "d", "sum", ">=", "<=", scripts=False)


class Glyph(NamedTuple):
    """How a function is written. Empty: its canonical name, upright in LaTeX."""

    text: str = ""
    ascii: str = ""
    latex: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """How a quantity is written: the letters and what hangs on them, or ∂`of`/∂ of all that.

    `plain` is the letters with their scripts on one line of text, where that is not simply one after
    the other: `W1` in text is W with a lowered 1 in print. `step`, of a recurrence, `example` and `index`
    follow in brackets.
    """

    base: str
    subscript: str = ""
    superscript: str = ""
    example: str = ""
    index: str = ""
    of: "Written | None" = None
    plain: str = ""
    step: str = ""


def index_text(index: tuple[Expr | Slice, ...]) -> str:
    """`1,2` or `i,2:3`: an index as it stands between its brackets."""
    return ",".join(_position(position) for position in index)


def _position(position: Expr | Slice | None) -> str:
    match position:
        case None:
            return ""
        case Num(value):
            return str(value)
        case Sym(name):
            return name
        case Slice(start, stop, step):
            return f"{_position(start)}:{_position(stop)}{f':{_position(step)}' if step else ''}"
        case _:
            raise TypeError(f"an index is a number, a letter or a slice, not {position!r}")


def trailing_text(expr: Sym | Item) -> tuple[str, str, str]:
    """The name of a quantity, its example and its index, as text."""
    if isinstance(expr, Sym):
        return expr.name, "", ""
    assert isinstance(expr.base, Sym)
    return expr.base.name, _position(expr.example), index_text(expr.index)


def plain_text(expr: Sym | Item) -> str:
    """The name of a quantity as files and answers have it: `dJ/dW1[1,2]`, `h1(2)[1]`."""
    name, example, index = trailing_text(expr)
    return name + (f"({example})" if example else "") + (f"[{index}]" if index else "")


_PARTS = re.compile(r"([^\W\d_]+?)(?:_([^\W\d_]{1,2}))?(\d+)?(_new\d*)?")
_GRADIENT = re.compile(r"d([^/]+)/d([^/]+)")


def plain_names(expr: Sym | Item) -> Written:
    """The program's own names: `W1[1,2]` in text, W with a lowered 1 in print; `delta1` is δ1."""
    name, example, index = trailing_text(expr)
    gradient = _GRADIENT.fullmatch(name)
    of = plain_names(Sym(gradient[1])) if gradient else None
    name = gradient[2] if gradient else name
    bare, step = split_step(name)
    parts = _PARTS.fullmatch(bare)
    if not parts:
        return Written(bare, example=example, index=index, of=of, plain=name, step=step)
    base, label, number, updated = parts.groups("")
    if base == "delta" and number:
        base, name = "δ", name.replace("delta", "δ")
    below = f"{label},{number}" if label and number else label or number
    return Written(base, below, updated.strip("_"), example, index, of, plain=name, step=step)


def _unchanged(expr: Expr) -> Expr:
    return expr


def _never(quantity: str) -> bool:
    return False


class Style(NamedTuple):
    """What a printer needs to know. `names` is a notation: it gives every quantity its letters.

    `limits` prints the bounds of every sum in one-line text: `Σ_{p=1..N}`, and not only of one whose letter
    runs over no axis, or over a part of one (its end has a text of its own). `rewrite` puts a formula the way
    a notation writes it, if it is not yet written so, and `prose` a sentence; both leave what is said as it
    is. `spell` spells out what the reader's screen cannot show; `prose` does it too. `turned` says which
    arrays are written with examples as columns.
    """

    glyphs: Glyphs = UNICODE
    functions: Mapping[str, Glyph] = {}
    names: Callable[[Sym | Item], Written] = plain_names
    limits: bool = False
    rewrite: Callable[[Expr], Expr] = _unchanged
    prose: Callable[[str], str] = str
    spell: Callable[[str], str] = str
    turned: Callable[[str], bool] = _never
