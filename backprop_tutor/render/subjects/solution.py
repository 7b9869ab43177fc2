"""A solution as blocks: what is given, each step, what confirmed it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING

from backprop_tutor.language import Array, Expr, Style, Sym, to_text
from backprop_tutor.language.expr import Call
from backprop_tutor.render.blocks import (
    Block,
    Column,
    Content,
    Formula,
    Heading,
    Maths,
    Prose,
    Row,
    Table,
    Words,
    WorkedStep,
    cell,
)
from backprop_tutor.render.confirmations import Checks, confirmed_by, letters_of
from backprop_tutor.render.equations import array_sides, matrices, value_sides
from backprop_tutor.render.pictures.figure import step_figure
from backprop_tutor.render.subjects.step_picture import step_picture
from backprop_tutor.render.subjects.step_table import step_table
from backprop_tutor.render.task_text import task_lines
from backprop_tutor.render.view import Leaf, StepView, notes
from backprop_tutor.render.wording import PHASE_TITLES, at_a_glance, shape_text, typed_text
from backprop_tutor.walkthrough import Solution, Step

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.derivation.derivation_form import Line

__all__ = ["SolutionBlocks", "derivation_table", "solution_blocks"]

FEW = 9  # elements of a folded step that may stand behind it
ROOM_FOR_FORMULA, ROOM_FOR_VALUE = 44, 30  # signs in a folded step


def solution_blocks(
    makes: "SolutionBlocks", leaves: Iterable[Leaf], views: Iterable[StepView], *, whole: bool = True
) -> Iterator[Block]:
    """All blocks of `views`, each as soon as it is there; `whole` begins with what the exercise is."""
    checks = Checks()
    yield from makes.heading() if whole else ()
    yield from makes.given(leaves)
    yield from makes.steps(views, checks)
    yield from makes.checks(checks)


def no_lines(step: Step) -> "Sequence[Line]":
    return ()


class SolutionBlocks:
    """Makes the blocks of one solution. `form` is element, matrix or both; with `blank` no value is shown
    that the exercise does not give, and a column is there for the reader's own.

    A document has sentences instead of letters for what confirmed a step, and in a blank one the tables
    ask for values without saying how they are worked out. `derivation` gives the lines that prove a step.
    """

    def __init__(
        self,
        solution: Solution,
        style: Style,
        precision: int,
        form: str = "both",
        *,
        blank: bool = False,
        document: bool = False,
        derivation: Callable[[Step], "Sequence[Line]"] = no_lines,
    ) -> None:
        self.solution = solution
        self.style = style
        self.precision = precision
        self.form = form
        self.blank = blank
        self.document = document
        self.derivation = derivation

    def heading(self) -> Iterator[Block]:
        exercise = self.solution.exercise
        yield Heading(cell(exercise.title)[0], 1, "exercise")
        for paragraph in task_lines(exercise, self.style):
            yield Prose((Words(paragraph),), "task")
        yield Prose((Words(at_a_glance(self.solution, self.style)),), "graph")

    def given(self, leaves: Iterable[Leaf]) -> Iterator[Block]:
        rows = tuple(self._leaf(leaf) for leaf in leaves)
        if rows:
            columns = (Column(cell("name"), "asked"), Column(cell("what"), "quiet"), Column(cell("values")))
            yield Table(columns, rows)

    def steps(self, views: Iterable[StepView], checks: Checks) -> Iterator[Block]:
        """The steps under the titles of their phases; counts in `checks` what confirmed them."""
        phase, hint = "", "In short; --all shows these steps in full."
        for (now, is_folded), group in groupby(views, key=lambda view: (view.step.phase, view.folded)):
            shown = list(group)
            if now != phase:
                phase = now
                yield Heading(cell(f"{PHASE_TITLES[phase]} ({shown[0].of})")[0], 2, "phase")
            for view in shown:
                checks.add(view)
            if is_folded:
                yield self._folded(shown)
                if hint:
                    yield Prose((Words(hint),), "quiet")
                hint = ""
            else:
                yield from chain.from_iterable(map(self._pictured, shown))

    def checks(self, checks: Checks) -> Iterator[Block]:
        if self.blank or not checks:
            return
        yield Heading((Words("Checks"),), 2, "phase")
        for note in notes(self.solution):
            yield Prose((Words(note),), "note")
        for line in checks.lines(document=self.document):
            yield Prose((Words(line),), "check")

    def _pictured(self, view: StepView) -> Iterator[Block]:
        """A step, and where it helps a picture of what it does."""
        yield self.step(view)
        if not self.blank and not self.document:
            picture = step_picture(self.solution, view.step, self.style)
            yield from (picture,) if picture else ()

    def step(self, view: StepView) -> WorkedStep:
        step = view.step
        with_matrix = view.has_matrix_form and self.form != "element"
        return WorkedStep(
            step.phase,
            view.number,
            view.of,
            Maths(Sym(step.quantity), "asked"),
            view.shape,
            view.rule,
            view.explanation,
            "" if self.blank else letters_of(view),
            "" if self.blank else confirmed_by(view),
            self._formula(view) if with_matrix else None,
            step_table(
                view,
                self.style,
                self.precision,
                only_values=(with_matrix and self.form == "matrix") or (self.blank and self.document),
                blank=self.blank,
            ),
            view.left_out,
            view.skipped,
            derivation_table(lines, self.style) if (lines := self.derivation(step)) else None,
            step_figure(self.solution, step, self.style) if self.document and not self.blank else None,
        )

    def _folded(self, views: Iterable[StepView]) -> Table:
        """A line a step: its name, its formula, and its value where there is room for it."""
        rows = []
        for view in views:
            if view.skipped:
                rows.append(Row((cell("⋮"), cell(f"{view.skipped:,} steps left out"), ())))
            name = Maths(Sym(view.step.quantity), "asked")
            how, value = self._how(view), () if self.blank else self._value_in_short(view)
            facts = ("in short: ", name, f", {shape_text(view.shape, self.style)}", "; " * bool(how), *how)
            rows.append(Row((cell(name), cell(*how), cell(*value)), cell(*facts, " " * bool(value), *value)))
        return Table((Column(()), Column(()), Column(())), tuple(rows), borders=False)

    def _how(self, view: StepView) -> tuple[Content, ...]:
        """The formula of a folded step, or in words what is done in one that is long."""
        text = to_text(view.form, self.style) if view.form is not None else ""
        if view.form is None or len(text) > ROOM_FOR_FORMULA:
            return (Words(view.rule, "rule"),)
        is_its_name = text == to_text(Sym(view.step.quantity), self.style)
        return () if is_its_name else (Words("= "), Maths(view.form))

    def _value_in_short(self, view: StepView) -> tuple[Content, ...]:
        if not view.step.shape:
            side = value_sides(view.rows[0], self.precision)[0]
            return Words("≈ " if side.about else "= "), Maths(side.expr)
        value = view.workings.value(view.step.quantity) if view.step.node.size <= FEW else None
        is_short = value is not None and len(to_text(value, self.style)) <= ROOM_FOR_VALUE
        return (Words("= "), Maths(value)) if value and is_short else ()

    def _formula(self, view: StepView) -> Formula | None:
        sides = tuple(array_sides(view, self.style))
        if self.blank or not sides:
            return Formula(sides[:2], Call("eq", sides[:2])) if sides else None
        equation = view.workings.equation(view.step)
        return None if equation is None else Formula(sides, equation)

    def _leaf(self, leaf: Leaf) -> Row:
        kind = "given" if leaf.node.role == "given" else "parameter"
        name = Maths(Sym(leaf.node.name))
        what = f"{kind}, {shape_text(leaf.shape, self.style)}"
        listed = tuple((Maths(element), Words(f" = {value}")) for element, value in leaf.elements)
        more = cell(f"{leaf.left_out:,} more") if leaf.left_out else ()
        typed = typed_text(leaf.node.name, self.style)
        facts = cell(f"{kind}: {typed}, {shape_text(leaf.shape, self.style)}")
        facts += tuple((Words(f"{kind}: "), *line) for line in listed)
        facts += cell(f"{kind}: {leaf.left_out:,} more elements of {typed}") if leaf.left_out else ()
        values = (
            (*listed[:-1], *more, *listed[-1:])
            if leaf.array is None
            else tuple(_written_out(name, array) for name, array in matrices(leaf.node, leaf.array))
        )
        return Row((cell(name), cell(what), values), facts)


def _written_out(name: Expr, array: Expr) -> tuple[Content, ...]:
    """A matrix, after its name where it is one of several."""
    shown = Maths(_row_matrix(array))
    return (shown,) if isinstance(name, Sym) else (Maths(name), Words(" = "), shown)


def _row_matrix(array: Expr) -> Expr:
    """A vector as a matrix of one row."""
    is_vector = isinstance(array, Array) and not any(isinstance(item, Array) for item in array.items)
    return Array((array,)) if is_vector else array


def derivation_table(lines: "Iterable[Line]", style: Style) -> Table:
    """The lines that prove a derivative, each with the rule that gives it."""
    rows, left = [], None
    for line in lines:
        begins = to_text(line.left, style) != left
        left = to_text(line.left, style)
        right = cell("≈ " if line.about else "= ", Maths(line.expr))
        rows.append(Row((cell(Maths(line.left)) if begins else (), right, cell(line.rule))))
    columns = (Column(()), Column(()), Column((), "rule", "right"))
    return Table(columns, tuple(rows), title=(Words("The derivation"),), borders=False)
