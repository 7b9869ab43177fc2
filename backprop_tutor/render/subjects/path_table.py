"""The sum over paths as a table: a row a path, its factors in columns, the sum at its foot."""

from collections.abc import Iterator
from fractions import Fraction

from backprop_tutor.language import Partial, Style, Sym, to_text
from backprop_tutor.render.blocks import Block, Cell, Column, Maths, Prose, Row, Table, Words, cell
from backprop_tutor.render.equations import number_sides
from backprop_tutor.render.path_lines import (
    dots,
    factor_number,
    listed_factors,
    others,
    path_facts,
    paths_title,
    product_of,
    route,
    sum_facts,
)
from backprop_tutor.walkthrough.paths import Factor, Path, Paths

__all__ = ["path_blocks"]

Pair = tuple[int, int]


def path_blocks(paths: Paths, style: Style, precision: int) -> Iterator[Block]:
    """The table, or a sentence where there is no path."""
    if paths.count:
        yield _PathTable(paths, style, precision).table()
    else:
        yield Prose((Words(paths_title(paths, style)),))


class _PathTable:
    """A factor stands in the column of its two nodes, ∂h1/∂net1, and the columns in the order of the graph
    from the end, which is that of every path."""

    def __init__(self, paths: Paths, style: Style, precision: int) -> None:
        self.paths = paths
        self.style = style
        self.precision = precision
        self.position = {name: -k for k, name in enumerate(paths.graph.nodes)}

    def table(self) -> Table:
        paths, titles = self.paths, dict[Pair, Cell]()
        rows = [(path, self._factors(path, titles)) for path in paths.shown]
        places = sorted(titles)
        shown = [self._path(path, [cells.get(place, ()) for place in places]) for path, cells in rows]
        *rest, total = ((Words(fact),) for fact in sum_facts(paths, self.style, self.precision))
        empty = [()] * len(places)
        if rest:
            remainder = self._number(paths.remainder, None)
            shown.append(Row((cell(others(paths)), *empty, remainder), tuple(rest)))
        name = Maths(Partial(paths.name(paths.of), paths.name(paths.wrt)), "asked")
        value = self._number(paths.total, paths.exact)
        foot = Row((cell("sum: ", name), *empty, value), (total,), "total")
        columns = (Column(cell("path")), *(Column(titles[place]) for place in places))
        columns = (*columns, Column(cell("product"), "value"))
        return Table(columns, tuple(shown), (Words(paths_title(paths, self.style)),), foot=foot)

    def _factors(self, path: Path, titles: dict[Pair, Cell]) -> dict[Pair, Cell]:
        """The cells of a path by their columns, whose titles are put into `titles`."""
        cells: dict[Pair, Cell] = {}
        place = (0, 0)
        for factor in listed_factors(path):
            if factor is None:
                place = (place[1], place[1])  # behind the factor before it
                titles[place] = cells[place] = cell(dots(self.style))
            else:
                of, by = factor.of.node, factor.by.node
                place = self.position[of], self.position[by]
                titles[place] = cell(Maths(Partial(Sym(of), Sym(by))))
                cells[place] = self._factor(factor, fractions=path.exact is not None)
        return cells

    def _factor(self, factor: Factor, *, fractions: bool) -> Cell:
        """Its symbols above its number."""
        symbols = self.paths.formula(factor)
        number = factor_number(factor.value, factor.exact, self.precision, fractions)
        is_same = to_text(symbols, self.style) == to_text(number, self.style)
        return cell(Maths(number)) if is_same else cell(Maths(symbols)) + cell(Maths(number))

    def _path(self, path: Path, factors: list[Cell]) -> Row:
        facts = path_facts(self.paths, path, self.style, self.precision)
        product = self._number(path.product, product_of(path))
        first = cell(route(self.paths, path, self.style))
        return Row((first, *factors, product), tuple((Words(fact),) for fact in facts))

    def _number(self, value: float, exact: Fraction | None) -> Cell:
        sides = number_sides(value + 0.0, exact, self.precision)
        return tuple(
            (Words("≈ " if side.about else "= " if place else ""), Maths(side.expr))
            for place, side in enumerate(sides)
        )
