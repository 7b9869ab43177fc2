"""Reading one typed answer: a number, an array of entries, or a formula in the exercise's quantities."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.errors import LanguageError
from backprop_tutor.grading.evaluation import constant_value
from backprop_tutor.grading.number import Number, number_of, plain_number
from backprop_tutor.grading.pasted import bracketed, made_a_date
from backprop_tutor.grading.typed import MAX_LENGTH, echo_style, is_array, laid_out, parsed, with_commas
from backprop_tutor.language import CANONICAL, Lettering, Style, to_text
from backprop_tutor.language.clean import clean
from backprop_tutor.language.expr import Array, Expr, Item, Num, children, leaves, name_of
from backprop_tutor.walkthrough import Quantity, Solution

__all__ = ["Answer", "is_blank", "read_answer"]

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
    stripped = text.strip()
    number = plain_number(stripped)
    if number is not None:
        return Answer("number", stripped.removeprefix("+"), number)
    if made_a_date(stripped):
        what = "This is a date: a spreadsheet makes one of a fraction."
        hint = "Write a decimal, or '1/2 with the quote in the cell."
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
