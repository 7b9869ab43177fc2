"""The table of the step that a session is at, filled in as far as the student has come."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from backprop_tutor.language.expr import Call, Expr, Partial, name_of
from backprop_tutor.render.blocks import Table, Words
from backprop_tutor.render.screens.known_quantities import own_answer
from backprop_tutor.render.subjects.step_table import At, Seen, step_table
from backprop_tutor.render.view import StepView, shortened_row
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question, step_of
from backprop_tutor.tutor.state import QuestionRecord, State

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.chain import Link

__all__ = ["asked_tables", "solved_tables"]

MOST_ROWS = 8  # elements in one table

Settled = tuple[Question, QuestionRecord]


def asked_tables(
    steps: Steps, questions: Sequence[Question], state: State, ladder: Callable[[Question], Sequence[str]]
) -> Iterator[Table]:
    """The table of the question that is on, with all the elements asked, or only that one and the one
    before it, or that one alone. Nothing in it is still to be answered."""
    question = questions[state.at]
    seen = _Answered(steps, questions, state, ladder)
    places = [q.place for q in questions if q.quantity == question.quantity and q.part == "value"]
    elements = [place for place in places if place is not None]
    if question.place is None:
        step = step_of(steps.solution, question.quantity)
        elements = list(islice(steps.solution.find(question.quantity).indices(step.shape), MOST_ROWS + 1))
        choices = [elements, elements[:2], elements[:1]]
    else:
        at = elements.index(question.place)
        choices = [elements, elements[max(at - 1, 0) : at + 1], elements[at : at + 1]]
    found: list[list[At]] = []
    for chosen in choices:
        if len(chosen) <= MOST_ROWS and chosen not in found:
            found.append(chosen)
            yield _table(steps, question, chosen, seen)


def solved_tables(steps: Steps, question: Question) -> Iterator[Table]:
    """All of the step that a question was about; of an array the first elements, fewer and fewer, then its
    formula and not its paths, and of a formula longer than a screen at last the value."""
    step = step_of(steps.solution, question.quantity)
    elements = [question.place] if question.place is not None else []
    if not elements:
        elements = list(islice(steps.solution.find(question.quantity).indices(step.shape), MOST_ROWS))
    total = 1 if question.place is not None else step.node.size
    counts = dict.fromkeys(min(most, len(elements)) for most in (MOST_ROWS, 3, 1))
    ways = [*((count, True, True) for count in counts), (1, False, True), (1, False, False)]
    for count, by_path, by_formula in ways:
        more = f"{total - count:,} more" if total > count else ""
        shown = elements[:count]
        table = _table(steps, question, shown, _Unmarked(), by_path=by_path, by_formula=by_formula)
        yield table._replace(caption=(Words(more),) if more else ())


def _table(
    steps: Steps,
    question: Question,
    elements: Sequence[At],
    seen: Seen,
    *,
    by_path: bool = True,
    by_formula: bool = True,
) -> Table:
    step, workings = step_of(steps.solution, question.quantity), steps.workings
    rows = tuple(shortened_row(workings.element(step, at)) for at in elements)
    if not by_formula:
        rows = tuple(row._replace(formula=None, substituted=None) for row in rows)
    shapes = {step.quantity: workings.shape(step.quantity)}
    form = workings.form(step)
    view = StepView(step, 1, 1, workings, tuple(elements), rows, 0, (), None, shapes, form=form)
    return step_table(view, steps.style, workings.precision, by_path=by_path, seen=seen)._replace(edges=False)


class _Unmarked(Seen):
    marks = False


class _Answered(_Unmarked):
    """What the student has found, was shown or has asked for by hints."""

    def __init__(
        self,
        steps: Steps,
        questions: Sequence[Question],
        state: State,
        ladder: Callable[[Question], Sequence[str]],
    ) -> None:
        self.steps, self.ladder = steps, ladder
        self.on = questions[state.at]
        self.values: dict[tuple[str, At | None], Settled] = {}
        self.parts: dict[tuple[str, At | None, str, Expr], Settled] = {}
        through: Expr | None = None  # the upstream gradient, or what the path leads through
        for question, record in zip(questions, state.records, strict=True):
            if question.part == "value":
                self.values[question.quantity, question.place] = question, record
                continue
            if question.part == "upstream":
                through = question.name
            elif question.part == "local" and isinstance(question.name, Partial):
                through = question.name.of
            elif question.part == "product" and isinstance(question.name, Call):
                through = question.name.args[0]
            if through is not None:
                self.parts[question.quantity, question.place, question.part, through] = question, record

    def formula(self, at: At) -> bool:
        found = self._found(self.on.quantity, at)
        if found is None:
            return False
        question, record = found
        rungs = len(self.ladder(question)) if record.hints > 1 else 0
        return record.status in ("right", "shown") or bool(rungs and record.hints >= rungs - 2)

    def numbers(self, at: At) -> bool:
        return self._is_true(self._found(self.on.quantity, at))

    def value(self, at: At) -> str | None:
        return self._instead(self._found(self.on.quantity, at))

    def upstream(self, at: At, link: "Link") -> str | None:
        solution, name = self.steps.solution, link.upstream.name
        if self.numbers(at) or name_of(link.of) == solution.graph.loss:  # and that is 1
            return None
        element = solution.element(name)
        return self._instead(self._part("upstream", at, name) or (element and self._found(*element)))

    def local(self, at: At, link: "Link") -> str | None:
        return None if self.formula(at) else self._instead(self._part("local", at, link.of))

    def local_number(self, at: At, link: "Link") -> bool:
        return self.numbers(at) or self._is_true(self._part("local", at, link.of))

    def term(self, at: At, link: "Link") -> str | None:
        return None if self.numbers(at) else self._instead(self._part("product", at, link.upstream.name))

    def _found(self, quantity: str, at: At) -> Settled | None:
        return self.values.get((quantity, at)) or self.values.get((quantity, None))

    def _part(self, part: str, at: At, through: Expr) -> Settled | None:
        return self.parts.get((self.on.quantity, at, part, through))

    def _is_true(self, found: Settled | None) -> bool:
        """Whether the student knows the right value."""
        if found is None:
            return False
        _, record = found
        given = record.standing
        return record.status == "shown" or (
            record.status == "right" and given is not None and given.verdict == "correct"
        )

    def _instead(self, found: Settled | None) -> str | None:
        """None where the value is known; else the student's own, `?` for what is asked, or nothing."""
        if found is None:
            return ""
        if self._is_true(found):
            return None
        question, record = found
        is_one = question.place is not None or question.part != "value"
        if question == self.on and (record.status == "open" or not is_one):
            return "?"
        return own_answer(self.steps, question, record) if record.answer and is_one else ""
