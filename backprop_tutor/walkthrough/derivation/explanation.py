"""One derivative, explained: its derivation in every form, each line proved, and its value."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from backprop_tutor.engine.systems.letters import Unwritable
from backprop_tutor.errors import ProofError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.language.expr import Expr, Partial
from backprop_tutor.shown import Shown
from backprop_tutor.walkthrough.derivation.definitions import element
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Note, Section
from backprop_tutor.walkthrough.derivation.derive import TooLong, derive
from backprop_tutor.walkthrough.derivation.index_form import index_form, without_example
from backprop_tutor.walkthrough.derivation.line_value import Places
from backprop_tutor.walkthrough.derivation.matrix_form import matrix_form
from backprop_tutor.walkthrough.derivation.numbers_form import MANY, SAMPLE, numbers_form
from backprop_tutor.walkthrough.derivation.premises import Premises, premises
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.question import Derivatives, find_question
from backprop_tutor.walkthrough.derivation.rule import Scene
from backprop_tutor.walkthrough.derivation.scalar_form import scalar_form
from backprop_tutor.walkthrough.derivation.sections import written
from backprop_tutor.walkthrough.numbers import DEFAULT_PRECISION
from backprop_tutor.walkthrough.paths import PathElement, Paths, find_paths
from backprop_tutor.walkthrough.solution import Solution, solve
from backprop_tutor.walkthrough.worked import Workings

__all__ = ["FORMS", "Explanation", "derived_by_element", "explain"]

_TOO_LONG = (Note("This derivation is longer than anybody reads; the paths and the matrix form are not."),)
_ENDLESS = (TooLong, RecursionError)
MAX_PATH_LISTS = 4  # elements whose paths are all listed


def explain(
    solution: Solution | Exercise,
    quantity: str,
    *,
    unroll: bool = False,
    every: bool = False,
    precision: int = DEFAULT_PRECISION,
    lettering: Lettering = CANONICAL,
) -> "Explanation":
    """The explanation of a derivative: `dJ/dW1[1,2]`, `dJ/dnet1(2)`, `delta1`, `dz/dh1`.

    `solution` may be an exercise that is not solved yet. `unroll` derives it without names for the
    derivatives on the way, line by line; `every` shows each line also of another derivation that is longer
    than a page.
    `lettering` is the notation in which the quantity is typed, and in which the formulas are written and
    proved. Raises UsageError for what is no derivative of the exercise. Nothing is derived before it is asked
    for.
    """
    if isinstance(solution, Exercise):
        solution = solve(solution)
    return Explanation(solution, quantity, unroll, precision, lettering, every=every)


class Explanation(Shown):
    """Its forms are derived when asked for; each raises ProofError where a line does not hold."""

    def __init__(
        self,
        solution: Solution,
        quantity: str,
        unroll: bool,
        precision: int,
        lettering: Lettering,
        *,
        every: bool = False,
    ) -> None:
        self.quantity = quantity.strip()
        self.question = find_question(solution, quantity, lettering)
        self.unroll = unroll
        self.every = every or unroll
        self.lettering = lettering
        self.premises = premises(self.question, lettering)
        self.derivatives = Derivatives(self.question)
        self.workings = Workings(solution, precision)

    @cached_property
    def index(self) -> DerivationForm:
        """With Σ over examples and units, i and j kept as letters."""
        return without_example(self.premises, self._index)

    @cached_property
    def _index(self) -> DerivationForm:
        """The same with every example, also where it is the only one."""
        try:
            return index_form(self.premises, self.derivatives, unroll=self.unroll, every=self.every)
        except Unwritable as reason:
            return DerivationForm(
                "index", notes=(Note(f"This graph holds {reason}: index letters cannot say it."),)
            )
        except _ENDLESS:
            return DerivationForm("index", notes=_TOO_LONG)

    @cached_property
    def scalar(self) -> DerivationForm:
        """For the sizes of the exercise, without Σ."""
        if self._index.sections:
            return without_example(self.premises, scalar_form(self.premises, self._index))
        try:
            return DerivationForm("scalar", (derived_by_element(self.premises, *self.question.first),))
        except _ENDLESS:
            return DerivationForm("scalar", notes=_TOO_LONG)

    @cached_property
    def matrix(self) -> DerivationForm:
        """For whole arrays, with their shapes."""
        return matrix_form(self.premises, every=self.every)

    @cached_property
    def numbers(self) -> DerivationForm:
        """The last line with numbers, and the value."""
        many = MANY if self._index.sections else SAMPLE  # each of them is derived on its own
        try:
            form = numbers_form(self.premises, self._last_line, self.derivatives, self.workings, many=many)
            return without_example(self.premises, form)
        except _ENDLESS:
            return DerivationForm("numbers", notes=_TOO_LONG)

    def _last_line(self, of: tuple[int, ...], wrt: tuple[int, ...]) -> tuple[Expr, Places]:
        """What the derivative of one element by another comes to, and where the letters in it stand."""
        if self._index.sections:
            last = self._index.sections[-1]
            return last.result, self.premises.places(last, of, wrt)
        return derived_by_element(self.premises, of, wrt).result, {}

    @cached_property
    def paths(self) -> list[Paths]:
        """The paths to each element that is asked; of many, only those to the first."""
        of, wrt = self.question.of.name, self.question.wrt.name
        all_of_them = self.question.count <= MAX_PATH_LISTS
        pairs = self.question.elements() if all_of_them else [self.question.first]
        return [find_paths(self.question.solution, PathElement(of, a), PathElement(wrt, b)) for a, b in pairs]

    def form(self, name: str) -> DerivationForm:
        return FORMS[name](self)

    @property
    def value(self) -> Any:
        """The derivative: a number, or nested lists of them for an array."""
        return self.derivatives.nested()

    @property
    def exact(self) -> Any:
        """The same as fractions, None where one of them is irrational."""
        return self.derivatives.nested(exact=True)


FORMS: dict[str, Callable[[Explanation], DerivationForm]] = {
    "index": lambda explanation: explanation.index,
    "scalar": lambda explanation: explanation.scalar,
    "matrix": lambda explanation: explanation.matrix,
    "numbers": lambda explanation: explanation.numbers,
}


MAX_ELEMENTS = 200

At = tuple[int, ...]


def derived_by_element(premises: Premises, of: At, wrt: At) -> Section:
    """∂of/∂wrt of two elements, each rule applied to all of its places at once, proved.

    Raises TooLong where there are too many elements, and ProofError.
    """
    above, below = premises.question.nodes
    if premises.elements > MAX_ELEMENTS:
        raise TooLong
    start = Partial(element(above, of), element(below, wrt))
    bench = premises.numbered
    lines = tuple(derive(Scene(bench.definitions, start), start, everywhere=True))
    (section,) = proved([written(Section(start, start, lines), premises.lettering)], bench)
    if any(line.verified is False for line in section.lines):
        raise ProofError(premises.question.name, "a line of its derivation does not hold.")
    return section
