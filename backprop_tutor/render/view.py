"""What there is to show of a solution, before anybody decides how: sections of steps with their rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from math import prod
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.oracles import Confirmation
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.review import places
from backprop_tutor.language import CANONICAL, Expr, Lettering
from backprop_tutor.walkthrough import Quantity, Solution, Step, Worked, Workings, shortened

__all__ = [
    "MAX_ROWS",
    "Leaf",
    "Selection",
    "StepView",
    "leaf_rows",
    "notes",
    "select",
    "shortened_row",
    "view",
]

MAX_ROWS = 24  # elements of an array that are all shown
SAMPLE = 3  # elements shown of a larger one, and its last
MAX_STEPS = 60  # steps of a phase that are all shown
ENDS = 10  # steps shown at each end of a longer phase


class StepView(NamedTuple):
    """One step to show, in short where it is `folded`. `left_out` counts the elements without a row,
    `skipped` the steps before this one.

    Formulas, shapes and sentences are those of the notation.
    """

    step: Step
    number: int
    of: int
    workings: Workings
    indices: tuple[tuple[int, ...], ...]  # zero-based, of the rows
    rows: tuple[Worked, ...]
    left_out: int
    array: tuple[Expr, ...]  # the whole-array formula with its numbers, and the result
    confirmation: Confirmation | None
    shapes: Mapping[str, tuple[int, ...]]  # of every quantity
    skipped: int = 0
    form: Expr | None = None  # the whole-array formula
    rule: str = ""
    explanation: str = ""
    folded: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return self.shapes.get(self.step.quantity, self.step.shape)

    @property
    def has_matrix_form(self) -> bool:
        """Whether the whole-array formula says more than the elements do."""
        return self.step.form is not None and self.step.node.size > 1


class Leaf(NamedTuple):
    """A given or a parameter with its first elements: their names and what they are."""

    node: Node
    elements: tuple[tuple[Expr, str], ...]
    left_out: int
    shape: tuple[int, ...]
    array: Expr | None = None  # all of it, as the notation lays it out


class Selection(NamedTuple):
    """Which steps, and which part of each: None for all of it. Of the quantities in `chosen` it is these
    elements, however many there are."""

    steps: tuple[tuple[Step, Quantity | None], ...]
    chosen: Mapping[str, tuple[tuple[int, ...], ...]] = {}


def select(
    solution: Solution,
    phase: str | None = None,
    quantity: str | None = None,
    lettering: Lettering = CANONICAL,
    beside: Iterable[str] = (),
) -> Selection:
    """The steps of `phase` (None: all), with those of the quantities `beside` that are not among them; or the
    one step of `quantity`. Raises UsageError."""
    if quantity is None:
        steps = solution.steps | {name: solution.step(name) for name in beside}
        order = sorted(steps, key=lambda name: solution.order.get(name, -1))
        chosen = (steps[name] for name in order)
        return Selection(tuple((step, None) for step in chosen if step and phase in (None, step.phase)))
    found = solution.find(quantity, lettering)
    step = solution.step(found.name)
    if phase is not None and phase != (step.phase if step else None):
        place = f"in the part {step.phase}" if step else "given"
        raise UsageError(f"{found.name} is {place}, not in {phase}.", hint="Ask for it without --only.")
    if step:
        return Selection(((step, found),))
    if solution.node_of(found.name) == solution.graph.loss:
        raise UsageError(f"{found.name} is 1: the derivative of the loss with respect to itself")
    if solution.node_of(found.name) not in solution.graph.upstream(solution.graph.loss):
        raise UsageError(f"{found.name} is 0: the loss does not depend on it.")
    return Selection(())  # given: there is nothing to compute


def view(
    solution: Solution,
    selection: Selection,
    precision: int,
    progress: Callable[[int, int], None] | None = None,
    lettering: Lettering = CANONICAL,
    *,
    every: bool = False,
    routes: tuple[str, ...] | None = None,
) -> Iterator[StepView]:
    """The selected steps one after the other, each confirmed (by `routes`, or all) before it is given out.

    The middle of a long phase is left out; with `every` it is there, but not confirmed.
    """
    workings = Workings(solution, precision, lettering)
    shapes = {name: workings.shape(name) for name in solution.shapes}
    totals: dict[str, int] = {}
    for step, _ in selection.steps:
        totals[step.phase] = totals.get(step.phase, 0) + 1
    solution.prepare(step.quantity for step, _ in selection.steps)
    seen: dict[str, int] = {}
    skipped = 0
    for done, (step, part) in enumerate(selection.steps):
        number = seen[step.phase] = seen.get(step.phase, 0) + 1
        middle = totals[step.phase] > MAX_STEPS and ENDS < number <= totals[step.phase] - ENDS
        if middle and not every:
            skipped += 1
            continue
        chosen = selection.chosen.get(step.quantity)
        indices, left_out = _indices(step, part) if chosen is None else (chosen, 0)
        rows = tuple(shortened_row(workings.element(step, index)) for index in indices)
        yield StepView(
            step,
            number,
            totals[step.phase],
            workings,
            indices,
            rows,
            left_out,
            workings.array(step),
            None if middle else solution.confirm(step.quantity, routes),
            shapes,
            skipped,
            workings.form(step),
            lettering.prose(step.rule),
            lettering.prose(step.explanation),
        )
        skipped = 0
        if progress:
            progress(done + 1, len(selection.steps))


def leaf_rows(
    solution: Solution,
    precision: int,
    quantity: str | None = None,
    lettering: Lettering = CANONICAL,
    *,
    most: int = 0,
) -> list[Leaf]:
    """What the exercise gives: data and parameters; or the part of it that `quantity` names. Arrays of `most`
    numbers are still written out, whatever their axes."""
    wanted = solution.find(quantity, lettering) if quantity else None
    found = []
    workings = Workings(solution, precision, lettering)
    for node in solution.graph.nodes.values():
        if node.role in ("given", "parameter") and (wanted is None or wanted.name == node.name):
            step = Step("forward", node.name, node, "", "", None, None)
            indices, left_out = _indices(step, wanted)
            rows = [workings.element(step, index) for index in indices]
            elements = tuple((row.name, workings.in_full(row)) for row in rows)
            is_whole = len(rows) == node.size and len(node.shape) <= 2
            is_whole = is_whole or (wanted is None and node.size <= most)
            array = workings.given(node.name) if is_whole else None
            found.append(Leaf(node, elements, left_out, workings.shape(node.name), array))
    return found


def notes(solution: Solution) -> list[str]:
    """What a reader should know about these numbers: values that sit on a kink, and rounding noise."""
    found = []
    graph = solution.graph
    for name, on_kink in solution.kinks.items():
        node = graph.nodes[name]
        parents = [graph.nodes[parent] for parent in node.parents if graph.nodes[parent].value is None]
        at = places(parents[0], on_kink) if len(parents) == 1 else " and ".join(p.name for p in parents)
        found.append(f"On the kink of {node.op}: {at}. {ops.get(node.op).at_kink(node.params)}")
    noise = [(name, name, at) for name, at in solution.first.noise.items()]
    gradients = solution.first.gradient_noise.items()
    noise += [(solution.gradient_prefix + name, name, at) for name, at in gradients]
    for quantity, name, is_noise in noise:
        at = places(graph.nodes[name]._replace(name=quantity), is_noise)
        found.append(f"0 as far as floating point can tell, the rest being rounding noise: {at}.")
    return found


def _indices(step: Step, part: Quantity | None) -> tuple[tuple[tuple[int, ...], ...], int]:
    """The zero-based indices of the elements to show, and how many of the part are left out."""
    region = part or Quantity(step.quantity)
    total = prod(
        size if place is None else 1
        for place, size in zip(region.region or (None,) * len(step.shape), step.shape, strict=True)
    )
    indices = region.indices(step.shape)
    if total <= MAX_ROWS:
        return tuple(indices), 0
    chosen = (*islice(indices, SAMPLE), tuple(size - 1 for size in step.shape))
    return chosen, total - len(chosen)


def shortened_row(worked: Worked) -> Worked:
    if worked.formula is None or worked.substituted is None:
        return worked
    return worked._replace(formula=shortened(worked.formula), substituted=shortened(worked.substituted))
