"""What an export holds, before anybody decides how it looks: the chosen steps, each confirmed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from backprop_tutor.language import Style
from backprop_tutor.render.style import style_for
from backprop_tutor.render.texts import Checks
from backprop_tutor.render.view import Leaf, Selection, StepView, leaf_rows, notes, select, view
from backprop_tutor.walkthrough import Quantity, Solution

__all__ = ["Document", "prepare"]

ROUTES = ("forward_mode", "finite_difference")  # SymPy's own diff takes seconds; `solve` runs it


@dataclass(frozen=True)
class Document:
    """A solution as it is to be exported.

    `part` is true where one quantity was asked for instead of the whole walkthrough. A `blank` document
    asks for the values instead of showing them.
    """

    solution: Solution
    views: tuple[StepView, ...]
    leaves: tuple[Leaf, ...]
    notes: tuple[str, ...]
    checks: Checks
    style: Style
    precision: int = 6
    form: str = "both"
    part: bool = False
    blank: bool = False
    derivations: bool = False


def prepare(
    solution: Solution,
    *,
    quantity: str | None = None,
    form: str = "both",
    precision: int = 6,
    blank: bool = False,
    derivations: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Document:
    """The document of one `quantity` or of the whole walkthrough. Raises UsageError, ProofError."""
    selection = _asked(solution) if blank and quantity is None else select(solution, None, quantity)
    views = tuple(view(solution, selection, precision, progress, ROUTES))
    checks = Checks()
    for step in views:
        checks.add(step)
    checks.reasons = Counter({why: n for why, n in checks.reasons.items() if "not asked for" not in why})
    return Document(
        solution,
        views,
        tuple(leaf_rows(solution, precision)),
        () if blank else tuple(notes(solution)),
        checks,
        style_for(),
        precision,
        form,
        quantity is not None,
        blank,
        derivations,
    )


def _asked(solution: Solution) -> Selection:
    """What the exercise asks for, in its order; every step where it does not say."""
    asked = [ask.quantity for ask in solution.exercise.ask]
    steps = [pair for quantity in asked for pair in select(solution, None, quantity).steps]
    return Selection(tuple((step, _whole(part)) for step, part in steps)) if steps else select(solution)


def _whole(part: Quantity | None) -> Quantity | None:
    return part if part and part.region else None
