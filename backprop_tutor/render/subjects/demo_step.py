"""The step that a demonstration is at as blocks: its title, its formula of whole arrays, its table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from backprop_tutor.language import Style, Sym
from backprop_tutor.render.blocks import Block, Formula, Maths, Prose, Words
from backprop_tutor.render.equations import array_sides
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.subjects.step_table import At, Seen, step_table
from backprop_tutor.render.view import StepView
from backprop_tutor.render.wording import PHASE_TITLES, shape_text

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.chain import Link

__all__ = ["StepRoom", "demo_blocks"]


class StepRoom(NamedTuple):
    """How much of a step there is room for: `rows` of its elements."""

    rows: int
    matrices: bool = False
    edges: bool = True
    by_path: bool = True
    only_values: bool = False


def demo_blocks(
    show: Show, view: StepView, style: Style, shown: StepRoom, *, alone: bool = False
) -> Iterator[Block]:
    """All the elements of the step, or those up to the one that is looked at, or that one `alone`."""
    step = view.step
    number = [s.quantity for s in show.steps if s.phase == step.phase].index(step.quantity) + 1
    yield Prose(
        (
            Words(f"{PHASE_TITLES[step.phase]} {number}  ", "quiet"),
            Maths(Sym(step.quantity), "asked"),
            Words(f"  {shape_text(view.shape, style)}  ", "quiet"),
            Words(view.rule, "rule"),
        )
    )
    if shown.matrices and show.row is None and view.has_matrix_form and not show.hidden:
        equation = view.workings.equation(step)
        if equation is not None:
            yield Formula(tuple(array_sides(view, style)), equation)
    end = len(view.rows) if show.row is None else show.row + 1
    first = end - shown.rows if show.row is not None else 0
    if first > 0 and not alone:
        yield _rest(f"{first} before")
    part = slice(first, first + shown.rows)
    rows = view._replace(rows=view.rows[part], indices=view.indices[part], left_out=0)
    hidden = view.indices[end - 1 if show.row is not None else 0 :] if show.hidden else ()
    seen = _Guessed(frozenset(hidden))
    table = step_table(
        rows, style, show.precision, only_values=shown.only_values, by_path=shown.by_path, seen=seen
    )
    yield table._replace(edges=shown.edges)
    missing = end - first - shown.rows
    if show.row is None and missing + view.left_out:
        key = "↓" if style.glyphs.scripts else "the down key"
        how = f": {key} goes through them one by one" if missing else ""
        yield _rest(f"{missing + view.left_out:,} more{how}")


def _rest(text: str) -> Prose:
    return Prose((Words(f"⋮ {text}"),), "quiet")


class _Guessed(Seen):
    """Of what the class is to guess only the formula: `hidden` are its elements."""

    marks = False

    def __init__(self, hidden: frozenset[At]) -> None:
        self.hidden = hidden

    def numbers(self, at: At) -> bool:
        return at not in self.hidden

    def value(self, at: At) -> str | None:
        return "?" if at in self.hidden else None

    def term(self, at: At, link: "Link") -> str | None:
        return "" if at in self.hidden else None
