"""The last line with the numbers of the exercise put in, and its value."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Line, Note, Section
from backprop_tutor.walkthrough.derivation.line_value import Places
from backprop_tutor.walkthrough.derivation.own_values import evaluated, require_agreement
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.question import Derivatives
from backprop_tutor.walkthrough.derivation.spelled_out import Spelling
from backprop_tutor.walkthrough.worked import Workings

__all__ = ["MANY", "SAMPLE", "numbers_form"]

MANY = 16  # elements that are all worked out
SAMPLE = 4  # elements of a larger array

At = tuple[int, ...]
Formula = tuple[Expr, Places]  # the last line of a derivation, and where its letters stand


def numbers_form(
    premises: Premises,
    formula: Callable[[At, At], Formula],
    derivatives: Derivatives,
    workings: Workings,
    *,
    many: int = MANY,
) -> DerivationForm:
    """Every pair of elements asked, by the last line of its derivation; of more than `many`, SAMPLE."""
    question, notes = premises.question, list[Note]()
    pairs = list(islice(question.elements(), many + 1))
    if len(pairs) > many:
        notes.append(Note(f"{question.count - SAMPLE:,} elements are left out; ask for one by its index."))
        pairs = pairs[:SAMPLE]
    filler = _Filler(premises, workings)
    sections = [_element(filler, pair, formula(*pair), derivatives) for pair in pairs]
    return DerivationForm("numbers", tuple(sections), tuple(notes))


def _element(filler: "_Filler", pair: tuple[At, At], formula: Formula, derivatives: Derivatives) -> Section:
    premises, (expr, places) = filler.premises, formula
    value, exact = derivatives.element(*pair)
    require_agreement(expr, places, premises, (value, exact), lambda: derivatives.precise(*pair))
    spelling = Spelling(premises.sizes, short=True, shape=premises.shape)
    spelled = spelling.line(expr, places)
    left, number = premises.question.symbol(*pair), filler.number(value, exact)
    steps = [
        ("last line of the derivation", spelling.written(spelled)),
        ("substitute the values", filler.fill(spelled)),
        ("value", number),
    ]
    if isinstance(spelled, Num):  # there is nothing to put in
        steps = steps[-1:]
    lines: list[Line] = []
    for rule, side in steps:
        if not lines or side != lines[-1].expr:
            about = side == number and not (exact is not None and _says(number, exact))
            lines.append(Line(rule, side, left, True, about=about))
    return Section(left, left, tuple(lines))


def _says(number: Num, exact: Fraction) -> bool:
    """Whether all digits are shown."""
    return Fraction(number.text) == exact


@dataclass(frozen=True)
class _Filler:
    premises: Premises
    workings: Workings

    def number(self, value: float, exact: Fraction | None) -> Num:
        return Num(Fraction(value) if exact is None else exact, self.workings.text(value, exact))

    def fill(self, formula: Expr) -> Expr:
        """`formula` with a number for every quantity and for every derivative of an activation."""

        def change(part: Expr) -> Expr | None:
            is_slope = isinstance(part, Call) and part.name.endswith("'") and part.name[:-1] in ops.TABLE
            if part == Sym("…") or not (is_slope or isinstance(part, Sym | Item)):
                return None
            with np.errstate(all="ignore"):
                return self.number(*evaluated(part, {}, self.premises))

        return ex.rewrite(formula, change)
