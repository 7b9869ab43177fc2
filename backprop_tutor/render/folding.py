"""Which steps of a solution are shown whole and which in short, so that it stays a few screens long."""

from collections.abc import Callable, Collection, Iterator, Sequence

from backprop_tutor.language import Style, to_text
from backprop_tutor.render.view import StepView

__all__ = ["folded"]

ROOM = 400  # lines that a solution may take before it is shortened further
COLUMN = 26  # about as wide as a formula stands in a table
TERM = 12  # the same of the terms of a sum over paths, each with its factors

Shortening = Callable[[Sequence[StepView]], Iterator[StepView]]


def folded(
    views: Sequence[StepView], asked: Collection[str], key: Collection[str], style: Style
) -> list[StepView]:
    """`views` with those folded that are not `asked`. Of a long solution each array then shows one element
    beside its formula, steps that repeat an earlier one are folded, and at last all but those in `key`."""

    def keeping(names: Collection[str]) -> Shortening:
        return lambda shown: (v if v.step.quantity in names else v._replace(folded=True) for v in shown)

    result = list(keeping(asked)(views))
    for shorten in (_one_element, _first_of_a_kind, keeping(key)):
        if sum(_lines(view, style) for view in result) > ROOM:
            result = list(shorten(result))
    return result


def _one_element(views: Sequence[StepView]) -> Iterator[StepView]:
    """What the others are is in the formula of the whole array."""
    for view in views:
        more = len(view.rows) - 1 if view.has_matrix_form else 0
        kept = view._replace(indices=view.indices[:1], rows=view.rows[:1], left_out=view.left_out + more)
        yield kept if more else view


def _first_of_a_kind(views: Sequence[StepView]) -> Iterator[StepView]:
    seen = set()
    for view in views:
        kind = view.step.phase, view.rule
        yield view._replace(folded=view.folded or kind in seen)
        if not view.folded:
            seen.add(kind)


def _lines(view: StepView, style: Style) -> int:
    """About how many lines a step takes."""
    if view.folded:
        return 1
    rows = view.shape[-2] if len(view.shape) > 1 else 1
    title = 7 + rows if view.has_matrix_form else 2
    sides = [[to_text(side, style) for side in (row.formula, row.substituted) if side] for row in view.rows]
    width = TERM if view.step.by_path else COLUMN
    return title + 4 + sum(1 + max(map(len, texts), default=0) // width for texts in sides)
