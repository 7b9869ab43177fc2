"""Where the nodes of a graph lie in a drawing: cells in columns and rows, and the edges between them."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Literal, NamedTuple

from backprop_tutor.language import Style, to_text
from backprop_tutor.language.expr import Sym
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.numbers import written

__all__ = ["DrawnEdge", "DrawnNode", "Kind", "Layout", "leaf_label", "number_text", "trimmed"]

Kind = Literal["data", "parameter", "unit", "op", "loss", "more", "pass"]


class DrawnNode(NamedTuple):
    """One thing drawn. `nodes` are the nodes of the graph that it stands for; `unit` is its zero-based
    place in their last axis, None where it stands for the whole of them.

    `entry` is what stands on the wire that leads into it: the weights. `under` and `entry_under` are more
    lines below the two. A `pass` cell is empty: an edge over several columns goes through it.
    """

    id: str
    label: str
    column: int
    row: int
    kind: Kind
    nodes: tuple[str, ...] = ()
    unit: int | None = None
    entry: str = ""
    under: tuple[str, ...] = ()
    entry_under: tuple[str, ...] = ()


class DrawnEdge(NamedTuple):
    """From a cell to a cell of the next column. Edges with the same `bundle` may share one wire."""

    source: str
    target: str
    bundle: str
    label: str = ""


class Layout(NamedTuple):
    """`titles` stand above the columns, `headings` above the entries that lead into a column.

    A `tight` one wastes no column between its cells; `spread` are more columns before and behind each.
    `loops` lead from a cell back to one further left. Of a `schematic` one the cells say no values.
    """

    cells: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    titles: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    weights: Mapping[str, str] = {}  # a parameter written on wires -> its node
    tight: bool = False
    spread: int = 0
    loops: tuple[tuple[str, str], ...] = ()
    schematic: bool = False

    def staggered(self) -> "Layout":
        """With a row more between two, which every second column uses: no wire leaves where one enters."""
        cells = (cell._replace(row=2 * cell.row + cell.column % 2) for cell in self.cells)
        return self._replace(cells=tuple(cells))

    @property
    def is_list(self) -> bool:
        """Whether it is one column, with wires beside it."""
        return self.columns == 1 and bool(self.edges)

    @property
    def columns(self) -> int:
        return 1 + max((cell.column for cell in self.cells), default=-1)

    @property
    def rows(self) -> int:
        return 1 + max((cell.row for cell in self.cells), default=-1)


def number_text(solution: Solution, name: str, index: tuple[int, ...], digits: int = 4) -> str:
    """One element's value, short: a fraction where the exercise has an exact solution."""
    exact = solution.exact(name)
    fractions = solution.exact(solution.graph.loss) is not None
    number = None if exact is None else exact[index]
    return written(float(solution.value(name)[index]), number, digits, fractions)


def leaf_label(solution: Solution, name: str, style: Style, times: str) -> str:
    """`x = -2` of a number, `X 3×2` of an array."""
    shape, shown = solution.graph.nodes[name].shape, to_text(Sym(name), style)
    if prod(shape) == 1:
        return f"{shown} = {number_text(solution, name, (0,) * len(shape))}"
    return f"{shown} {times.join(map(str, shape))}"


def trimmed(count: int, limit: int) -> Iterable[int | None]:
    """The places of `count` things when only `limit` can be shown: None marks those left out."""
    if count <= limit:
        return range(count)
    return [*range(max(limit - 2, 1)), None, count - 1]
