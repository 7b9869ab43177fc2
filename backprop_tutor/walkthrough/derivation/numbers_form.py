"""The last line with the numbers of the exercise put in, and its value."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.errors import ProofError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sym
from backprop_tutor.walkthrough.derivation.ground import Ground
from backprop_tutor.walkthrough.derivation.lines import Form, Line, Note, Section
from backprop_tutor.walkthrough.derivation.own_values import evaluated
from backprop_tutor.walkthrough.derivation.spelled_out import Spelling
from backprop_tutor.walkthrough.derivation.values import Derivatives
from backprop_tutor.walkthrough.worked import Workings

__all__ = ["numbers_form"]

MANY = 16  # elements that are all worked out
SAMPLE = 4  # elements of a larger array
TOLERANCE = 1e-9

At = tuple[int, ...]


def numbers_form(ground: Ground, last: Section, derivatives: Derivatives, workings: Workings) -> Form:
    """Every element asked, by the `last` section of the derivation in general."""
    filler = _Filler(ground, workings)
    question, notes = ground.question, list[Note]()
    pairs = list(islice(question.elements(), MANY + 1))
    if len(pairs) > MANY:
        notes.append(Note(f"{question.count - SAMPLE:,} elements are left out; ask for one by its index."))
        pairs = pairs[:SAMPLE]
    sections = [_element(ground, filler, last, derivatives, of, wrt) for of, wrt in pairs]
    return Form("numbers", tuple(sections), tuple(notes))


def _element(
    ground: Ground, filler: "_Filler", last: Section, derivatives: Derivatives, of: At, wrt: At
) -> Section:
    places = ground.places(last, of, wrt)
    value, exact = derivatives.element(of, wrt)
    found, fraction = evaluated(last.result, places, ground)
    if (exact is not None and fraction not in (None, exact)) or abs(found - value) > TOLERANCE * (
        1 + abs(value)
    ):
        raise ProofError(ground.question.name, f"its formula gives {found}, the engine {value}.")
    spelling = Spelling(ground.sizes, short=True)
    formula = spelling.line(last.result, places)
    left = ground.question.symbol(of, wrt)
    steps = [
        ("last line of the derivation", spelling.written(formula)),
        ("substitute the values", filler.fill(formula)),
        ("value", filler.number(value, exact)),
    ]
    lines: list[Line] = []
    for rule, expr in steps:
        if not lines or expr != lines[-1].expr:
            lines.append(Line(rule, expr, left, True))
    assert isinstance(left, Partial)
    return Section(left, left, tuple(lines))


@dataclass(frozen=True)
class _Filler:
    ground: Ground
    workings: Workings

    def number(self, value: float, exact: Fraction | None) -> Expr:
        return Num(Fraction(value) if exact is None else exact, self.workings.text(value, exact))

    def fill(self, formula: Expr) -> Expr:
        """`formula` with a number for every quantity and for every derivative of an activation."""

        def change(part: Expr) -> Expr | None:
            is_slope = isinstance(part, Call) and part.name.endswith("'") and part.name[:-1] in ops.TABLE
            if part == Sym("…") or not (is_slope or isinstance(part, Sym | Item)):
                return None
            with np.errstate(all="ignore"):
                return self.number(*evaluated(part, {}, self.ground))

        return ex.rewrite(formula, change)
