"""Reading one typed answer: a number, an array of entries, or a formula in the exercise's quantities."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice
from typing import Literal

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.errors import BackpropTutorError, LanguageError, UsageError
from backprop_tutor.exercise.quantity import split_name
from backprop_tutor.grading.around import without_surroundings
from backprop_tutor.grading.evaluation import FUNCTIONS, constant_value, formula_value
from backprop_tutor.grading.number import Number, number_of, plain_number
from backprop_tutor.grading.pasted import (
    bare_rows,
    bracketed,
    made_a_date,
    spreadsheet_error,
    typed_array,
    without_hidden,
)
from backprop_tutor.language import CANONICAL, Glyph, Lettering, Style, parse, rewrite, to_text
from backprop_tutor.language.alphabet import ascii_letters
from backprop_tutor.language.clean import clean
from backprop_tutor.language.expr import Array, Call, Expr, Item, Num, Sym, children, leaves, name_of
from backprop_tutor.language.from_latex import from_latex
from backprop_tutor.walkthrough import Quantity, Solution

__all__ = [
    "MAX_LENGTH",
    "Answer",
    "canonical_answer",
    "echo_style",
    "is_array",
    "is_blank",
    "laid_out",
    "parsed",
    "read_answer",
    "with_commas",
    "written_answer",
]

MAX_LENGTH = 2_000

# Functions by the words that formulas have for them: ln for log.
_SPELLED = {ascii_letters(word): function for word, function in FUNCTIONS.items()}  # sigma for σ, as in ASCII
_ECHO = Style(functions={op.name: Glyph(op.glyph) for op in ops.TABLE.values() if op.glyph.isascii()})


def echo_style(style: Style | None) -> Style:
    """How an answer is written with the letters of `style`, nothing else in it changed."""
    return _ECHO._replace(glyphs=style.glyphs, names=style.names) if style else _ECHO


def with_commas(text: str, solution: Solution, quantity: str) -> str:
    """`text`, in which an array pasted as the answer to `quantity` has its brackets and commas."""
    array = typed_array(text)
    if not array and (bare := bare_rows(text)) and is_array(quantity, solution):
        return bare
    return array or text


def is_array(quantity: str, solution: Solution) -> bool:
    """Whether `quantity`, which may be empty, names more than one number."""
    if not quantity:
        return False
    found = solution.find(quantity)
    return len(list(islice(found.indices(solution.shapes[found.name]), 2))) > 1


def parsed(text: str, solution: Solution, lettering: Lettering = CANONICAL) -> Expr:
    """What `text` says, in the program's own names. Raises LanguageError."""
    names = solution.names
    euler = {"e"} - names
    product = partial(_product, solution, lettering)
    expr = parse(
        text,
        functions={word: name for word, name in _SPELLED.items() if word not in names} | FUNCTIONS,
        names=names | euler,
        arrays=frozenset(name for name, shape in solution.shapes.items() if shape),
        spelling=lettering.read,
        product=product,
        conditions=True,
    )
    return rewrite(expr, _euler) if euler else expr


def _product(solution: Solution, lettering: Lettering, left: Expr, right: Expr) -> Expr | None:
    """`W1 x`, which is a matrix product for each example; None for a product entry by entry.

    Weights stand before what they are multiplied with, and are the same for all examples.
    """
    if _examples(left, solution) or _axes(left, solution) != 2 or not _axes(right, solution):
        return None
    by_rows = _examples(right, solution) > 1 and not lettering.by_columns
    return Call("matmul", (right, Call("transpose", (left,))) if by_rows else (left, right))


def _examples(expr: Expr, solution: Solution) -> int:
    """How many examples the whole quantities in `expr` hold, 0 where they are the same for all."""
    names = {solution.canonical(leaf.name) for leaf in leaves(expr) if isinstance(leaf, Sym)}
    return max((solution.shapes[name][0] for name in names & solution.batched), default=0)


def _axes(expr: Expr, solution: Solution) -> int:
    """How many axes the value of `expr` has, 0 for one number; a single example counts for none."""
    names = {name_of(leaf) for leaf in leaves(expr)} - {""}
    shapes = {name: solution.shapes.get(solution.canonical(name), ()) for name in names}
    try:
        zeros = {name: np.zeros(shape) for name, shape in shapes.items()}
        return int(formula_value(expr, zeros, solution.batched).ndim)
    except BackpropTutorError:
        return 0


def _euler(part: Expr) -> Expr | None:
    """`e^x` and `e`, where the exercise calls nothing so, as the exponential function."""
    match part:
        case Call("pow", (Sym("e"), exponent)):
            return Call("exp", (rewrite(exponent, _euler),))
        case Sym("e"):
            return Call("exp", (Num(Fraction(1)),))
    return None


def laid_out(expr: Expr, solution: Solution, quantity: str, lettering: Lettering) -> Expr:
    """An answer to `quantity` with examples as rows for columns, or as columns for rows.

    A formula of one element has arrays in it that this changes only where there are several examples.
    """
    if not lettering.by_columns:
        return expr
    if not solution.shapes.get(quantity) and (isinstance(expr, Array) or solution.shapes["x"][0] == 1):
        return expr
    quantity, _ = split_name(quantity)
    if not isinstance(expr, Array):
        return lettering.laid_out(expr, quantity)
    rows = [row.items for row in expr.items if isinstance(row, Array)]
    if not lettering.turned(quantity) or len(rows) != len(expr.items) or len({*map(len, rows)}) != 1:
        return expr
    return Array(tuple(Array(column) for column in zip(*rows, strict=True)))


def canonical_answer(text: str, solution: Solution, quantity: str, lettering: Lettering) -> str:
    """`text` in the program's own names and layout, as it outlives a change of notation; a text that is no
    answer stays as it is."""
    return _rewritten(text, solution, quantity, lettering, lettering, None)


def written_answer(text: str, solution: Solution, quantity: str, lettering: Lettering, style: Style) -> str:
    """A canonical answer the way the notation writes it."""
    return _rewritten(text, solution, quantity, CANONICAL, lettering, style)


def _rewritten(
    text: str, solution: Solution, quantity: str, read: Lettering, layout: Lettering, style: Style | None
) -> str:
    if layout.notation is None or len(text) > MAX_LENGTH or plain_number(text.strip()):
        return text
    try:
        bare = _bare(without_hidden(text), solution, quantity, read)
        expr = parsed(with_commas(bare, solution, quantity), solution, read)
    except (LanguageError, UsageError):
        return text
    return to_text(laid_out(expr, solution, quantity, layout), echo_style(style))


MAX_PARTS = 300  # of one formula
MAX_ECHO = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was read.

    `number` is set for a plain number, `formula` for a formula, `entries` and `shape` for an array,
    whose entries are answers too, row by row. `echo` is the answer in clean form, as it was typed; all
    else is in the program's own names, with examples as rows.
    """

    kind: Literal["number", "formula", "array"]
    echo: str
    number: Number | None = None
    formula: Expr | None = None
    entries: tuple["Answer", ...] = ()
    shape: tuple[int, ...] = ()


def is_blank(text: str) -> bool:
    """Nothing was answered: empty, or a place of a blank sheet as it was printed."""
    return not text.strip(" \t\r\n_?")


def read_answer(
    text: str,
    solution: Solution,
    quantity: str = "",
    lettering: Lettering = CANONICAL,
    style: Style | None = None,
) -> Answer:
    """The answer that `text` says in the notation `lettering`; its echo has the letters of `style`.

    `quantity` names what was asked, an element or an array: a formula must not simply repeat it. Whether
    all that it uses comes before that is judged with it.
    Raises LanguageError, with the place in `text`.
    """
    if len(text) > MAX_LENGTH:
        what = f"This is {len(text):,} characters long; {MAX_LENGTH:,} is the most that is read."
        raise LanguageError(what, text=text, start=MAX_LENGTH)
    bare = _bare(text, solution, quantity, lettering)
    try:
        return _read(bare, solution, quantity, lettering, style)
    except LanguageError as error:
        if len(bare) == len(text):
            raise
        raise LanguageError(error.what, text=text, start=0, end=len(text), hint=error.hint) from None


def _bare(text: str, solution: Solution, quantity: str, lettering: Lettering) -> str:
    """`text` without what stands around an answer, and without LaTeX."""

    def is_asked(name: str) -> bool:
        try:
            named = parsed(from_latex(name), solution, lettering)
        except (LanguageError, UsageError):
            return False
        called = solution.canonical(name_of(named))
        return bool(quantity and called) and _Reader("", solution, quantity, _ECHO).is_asked(called, named)

    return from_latex(without_surroundings(text, is_asked))


def _read(text: str, solution: Solution, quantity: str, lettering: Lettering, style: Style | None) -> Answer:
    stripped = text.strip()
    number = plain_number(stripped)
    if number is not None:
        return Answer("number", stripped.removeprefix("+"), number)
    if made_a_date(stripped):
        what = "This is a date: a spreadsheet makes one of a fraction."
        hint = "Write a decimal, or '1/2 with the quote in the cell."
        raise LanguageError(what, text=text, start=0, end=len(text), hint=hint)
    if spreadsheet_error(stripped):
        what = "A spreadsheet took this for a formula of its own, and has kept nothing else of it."
        hint = "Write it with a quote before it in the cell: '-(t - z)."
        raise LanguageError(what, text=text, start=0, end=len(text), hint=hint)
    try:
        typed = parsed(with_commas(text, solution, quantity), solution, lettering)
    except LanguageError:
        if is_array(quantity, solution) and (written := bracketed(text)):
            what = "An array is typed in brackets, with a comma between numbers and ; between rows."
            raise LanguageError(what, text=text, start=0, end=len(text), hint=f"Write {written}.") from None
        raise
    echo = echo_style(style)
    expr = laid_out(typed, solution, quantity, lettering)
    return replace(
        _Reader(text, solution, quantity, echo).answer(expr), echo=_shortened(to_text(typed, echo))
    )


class _Reader:
    def __init__(self, text: str, solution: Solution, quantity: str, style: Style) -> None:
        self.text = text
        self.solution = solution
        self.quantity = quantity
        self.style = style

    @cached_property
    def asked(self) -> Quantity:
        return self.solution.find(self.quantity) if self.quantity else Quantity("")

    def answer(self, expr: Expr) -> Answer:
        if isinstance(expr, Array):
            return self.array(expr)
        self.check(expr)
        echo = _shortened(to_text(expr, self.style))
        if self.names_quantities(expr):
            return Answer("formula", echo, formula=expr)
        number = number_of(expr)
        if number is not None:
            return Answer("number", echo, number)
        values = constant_value(expr)
        if values is None:
            raise self.error("This has no finite value.", "Does it divide by zero, or is it too large?")
        rounded = any(isinstance(leaf, Num) and leaf.text for leaf in leaves(expr))
        numbers = [
            Number(value, unit=abs(value) * 1e-3 if rounded else 0.0, digits=3 if rounded else 0)
            for value in map(float, values.flat)
        ]
        if not values.shape:
            return Answer("number", echo, numbers[0])
        entries = tuple(Answer("number", repr(number.value), number) for number in numbers)
        return Answer("array", "", None, None, entries, values.shape)

    def array(self, array: Array) -> Answer:
        entries = tuple(self.answer(item) for item in array.items)
        shapes = {entry.shape for entry in entries}
        if len(shapes) > 1:
            raise self.error("The rows of this array have different lengths.")
        cells = tuple(cell for entry in entries for cell in (entry.entries or (entry,)))
        return Answer("array", "", None, None, cells, (len(entries), *shapes.pop()))

    def check(self, expr: Expr) -> None:
        parts = list(_walk(expr))
        if len(parts) > MAX_PARTS:
            raise self.error(f"This formula has more than {MAX_PARTS} parts.")
        for part in parts:
            name = self.solution.canonical(name_of(part))
            if name and self.is_asked(name, part):
                raise self.error("This names what is asked.", "Write how it is worked out, or its value.")
            if name and name not in self.solution.names:
                raise self.error(f"{clean(name)} is not a quantity of this exercise.")

    def is_asked(self, name: str, part: Expr) -> bool:
        """Whether `part` is the very quantity asked, or an array that it lies in."""
        if name != self.asked.name:
            return False
        places = part.index if isinstance(part, Item) else ()
        index = [int(place.value) - 1 for place in places if isinstance(place, Num)]
        region = [place for place in self.asked.region if place is not None]
        return not index or not region or index == region[-len(index) :]

    def names_quantities(self, expr: Expr) -> bool:
        names = {name_of(leaf) for leaf in leaves(expr)} - {""}
        return bool(names & self.solution.shapes.keys() or names - {PI.name})

    def error(self, what: str, hint: str = "") -> LanguageError:
        start = len(self.text) - len(self.text.lstrip())
        return LanguageError(what, text=self.text, start=start, end=len(self.text.rstrip()), hint=hint)


def _walk(expr: Expr) -> Iterator[Expr]:
    stack = [expr]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(children(top))


def _shortened(echo: str) -> str:
    return echo if len(echo) <= MAX_ECHO else f"{echo[: MAX_ECHO // 2]} … {echo[-MAX_ECHO // 4 :]}"
