"""How things are written: the signs of an alphabet, the glyphs of functions, the letters of quantities."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from backprop_tutor.language.derivative_name import Derivative, derivative_of
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym
from backprop_tutor.language.step_index import split_step

__all__ = [
    "ASCII",
    "UNICODE",
    "Glyph",
    "Glyphs",
    "Style",
    "Written",
    "derivative_names",
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

    `also` is what `of` is derived by further, ∂²J/∂w₁∂w₂; `inner` is a derivative in the place of letters,
    ∂L/∂(∂f/∂x). `plain` is the letters with their scripts on one line of text, where that is not simply one
    after the other: `W1` in text is W with a lowered 1 in print. `step`, of a recurrence, `example` and
    `index` follow in brackets.
    """

    base: str
    subscript: str = ""
    superscript: str = ""
    example: str = ""
    index: str = ""
    of: "Written | None" = None
    plain: str = ""
    step: str = ""
    also: "tuple[Written, ...]" = ()
    inner: "Written | None" = None

    @property
    def order(self) -> int:
        return 1 + len(self.also)

    @property
    def by(self) -> "list[tuple[Written, int]]":
        """What `of` is derived by, each with the power that it has there: none on what is raised itself."""
        every = (replace(self, of=None, also=()), *self.also)
        runs = [list(run) for _, run in groupby(every)]
        return [part for run in runs for part in _powers(run)]


def _powers(run: list[Written]) -> list[tuple[Written, int]]:
    return [(run[0], 1)] * len(run) if run[0].superscript else [(run[0], len(run))]


def index_text(index: tuple[Expr | Slice, ...]) -> str:
    """`1,2`, `i,2:3` or `2i-1`: an index as it stands between its brackets."""
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
        case Call("add", args):
            return "+".join(map(_position, args))
        case Call("sub", (a, b)):
            return f"{_position(a)}-{_position(b)}"
        case Call("mul", (Num(), _) as args):
            return "".join(map(_position, args))
        case Item(Sym()):
            return plain_text(position)
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
    derivative = derivative_of(name) if isinstance(expr, Item) else None
    if derivative:
        of, *wrt = map(plain_text, _parts(expr, (derivative.of, *derivative.wrt)))
        return Derivative(of, tuple(wrt)).name
    return name + (f"({example})" if example else "") + (f"[{index}]" if index else "")


_PARTS = re.compile(r"([^\W\d_]+?)(?:_([^\W\d_]{1,2}))?(\d+)?(_new\d*)?")


def plain_names(expr: Sym | Item) -> Written:
    """The program's own names: `W1[1,2]` in text, W with a lowered 1 in print; `delta1` is δ1."""
    if derivative := derivative_names(expr, plain_names):
        return derivative
    name, example, index = trailing_text(expr)
    bare, step = split_step(name)
    parts = _PARTS.fullmatch(bare)
    if not parts:
        return Written(bare, example=example, index=index, plain=name, step=step)
    base, label, number, updated = parts.groups("")
    if base == "delta" and number:
        base, name = "δ", name.replace("delta", "δ")
    below = f"{label},{number}" if label and number else label or number
    return Written(base, below, updated.strip("_"), example, index, plain=name, step=step)


def derivative_names(expr: Sym | Item, names: "Callable[[Sym | Item], Written]") -> Written | None:
    """A derivative, its parts called by `names`; None for any other quantity."""
    derivative = derivative_of(trailing_text(expr)[0])
    if derivative is None:
        return None
    of, *wrt = map(names, _parts(expr, (derivative.of, *derivative.wrt)))
    first, *others = (Written("", inner=part) if part.of else part for part in wrt)
    return replace(first, of=of, also=tuple(others))


def _parts(expr: Sym | Item, names: tuple[str, ...]) -> "list[Sym | Item]":
    """What a derivative is of and by, each with its own part of the index; an undivided one is that of the
    last."""
    if isinstance(expr, Sym):
        return [Sym(name) for name in names]
    if not expr.split:
        return [*map(Sym, names[:-1]), Item(Sym(names[-1]), expr.index, expr.example)]
    rest, parts = list(expr.index), []
    for name, (examples, indices) in zip(names, expr.split, strict=True):
        own, rest = rest[: examples + indices], rest[examples + indices :]
        example = own[0] if examples and not isinstance(own[0], Slice) else None
        parts.append(Item(Sym(name), tuple(own[examples:]), example) if own else Sym(name))
    return parts


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

    @property
    def upright(self) -> "Style":
        """The same with d for ∂: as derivatives are typed, and as they are of a single variable."""
        return self._replace(glyphs=self.glyphs._replace(partial="d"))
