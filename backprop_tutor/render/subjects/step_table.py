"""The table of one step: every factor of it in a column, its symbols above its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.language import Expr, Num, Partial, Style, Sym, neg, to_text
from backprop_tutor.language.expr import Call, name_of
from backprop_tutor.render.blocks import Cell, Column, Content, Maths, Row, Table, Words, cell
from backprop_tutor.render.equations import Side, number, number_sides, row_sides, total
from backprop_tutor.render.texts import letters_of
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked
from backprop_tutor.walkthrough.chain import Chain, Link, chain_of

__all__ = ["step_table"]


def step_table(
    view: StepView, style: Style, precision: int, *, only_values: bool = False, blank: bool = False
) -> Table:
    """The rows of a step under the columns of its kind.

    Forward: quantity, formula, with numbers, value. Backward: the derivative asked, upstream gradient,
    local derivative, term, value; a row a path, and their sum last. Update: old value, change, new value.
    With `blank` there are no values, and a column for the reader's own.
    """
    rows = _Rows(view, style, precision, only_values, blank)
    if only_values or all(row.formula is None for row in view.rows):
        return rows.values()
    if view.step.phase == "backward":
        return rows.backward()
    if view.step.phase == "update" and all(_change(row.formula) for row in view.rows):
        return rows.update()
    return rows.forward()


class _Draft(NamedTuple):
    """A row from its first cells on; `worked` is what ends in it."""

    cells: list[Cell]
    worked: Worked | None = None
    starts: bool = True
    role: str = ""


@dataclass(frozen=True, slots=True)
class _Rows:
    view: StepView
    style: Style
    precision: int
    only_values: bool
    blank: bool

    def values(self) -> Table:
        rows = [_Draft([_maths(worked.name)], worked) for worked in self.view.rows]
        return self._table([Column(cell("quantity"), "asked")], rows)

    def forward(self) -> Table:
        columns = [Column(cell("quantity"), "asked"), Column(cell("formula"))]
        columns += [] if self.blank else [Column(cell("with numbers"))]
        rows = []
        for worked in self.view.rows:
            symbols, numbers, _ = row_sides(worked, self.precision, self.style)
            cells = [_maths(worked.name), _maths(worked.formula if self.blank else symbols)]
            rows.append(_Draft(cells + ([] if self.blank else [_maths(numbers)]), worked))
        return self._table(columns, rows)

    def update(self) -> Table:
        change = dict(enumerate(_change(self.view.form))).get(1)
        columns = [
            Column(cell("quantity"), "asked"),
            Column(cell("old value"), "old"),
            Column(cell("change") + _maths(change), "change"),
        ]
        rows = []
        for worked in self.view.rows:
            parts = zip(_change(worked.formula), _change(worked.substituted), strict=False)
            cells = [_maths(symbols) + (() if self.blank else _maths(numbers)) for symbols, numbers in parts]
            rows.append(_Draft([_maths(worked.name), *cells], worked))
        return self._table(columns, rows, "new value")

    def backward(self) -> Table:
        workings, step = self.view.workings, self.view.step
        chains = [chain_of(workings, step, index) for index in self.view.indices]
        through = {name_of(link.of) for chain in chains for link in chain.links}
        upstream, local = cell("upstream"), cell("local")
        if len(through) == 1:  # then the columns can say of what by what
            node = Sym(through.pop())
            upstream += cell(Maths(Partial(Sym(workings.solution.graph.loss), node)))
            local += cell(Maths(Partial(node, Sym(step.node.name))))
        columns = [Column(cell("derivative"), "asked"), Column(upstream, "upstream"), Column(local, "local")]
        columns += [] if self.blank else [Column(cell("term"), "term")]
        rows = [
            row
            for worked, chain in zip(self.view.rows, chains, strict=True)
            for row in self._paths(worked, chain, named=len(local) == 1)
        ]
        return self._table(columns, rows)

    def _paths(self, worked: Worked, chain: Chain, *, named: bool) -> Iterator[_Draft]:
        """A row a path; of several, their sum in the last."""
        name = _maths(worked.name)
        if len(chain.links) + chain.left_out <= 1:
            cells = self._link(chain.links[0], named=named) if chain.links else [cell("no path")]
            yield _Draft([name, *cells], worked)
            return
        for link in chain.links:
            is_first = link is chain.links[0]
            if chain.left_out and link is chain.links[-1]:
                yield _Draft([(), cell(f"{chain.left_out:,} more paths")], starts=False)
            cells = self._link(link, named=named)
            if not self.blank:
                cells[-1] += self._number(link.product, link.exact, after="= ")[-1:]
            yield _Draft([name if is_first else (), *cells], starts=is_first)
        summed = (
            [] if self.blank or chain.left_out else [(), (), _maths(total(map(self._product, chain.links)))]
        )
        yield _Draft([cell("sum"), *summed], worked, starts=False, role="total")

    def _link(self, link: Link, *, named: bool) -> list[Cell]:
        """Upstream gradient, local derivative and their product, each with its numbers below."""
        upstream, local = _maths(link.upstream.name), _maths(link.local.formula)
        if named:
            partial = Maths(Partial(link.of, link.local.name))
            local = (*cell(partial), *_after("= ", local))
        if self.blank:
            return [upstream, local]
        upstream_number, local_number = (
            number(self.view.workings.text(part.value, part.exact)) for part in (link.upstream, link.local)
        )
        substituted = link.local.substituted
        if self._text(substituted) in (self._text(link.local.formula), self._text(local_number)):
            local += (
                () if self._text(local_number) == self._text(link.local.formula) else _maths(local_number)
            )
        else:
            local += _maths(substituted) + self._number(link.local.value, link.local.exact, after="= ")[-1:]
        product = Call("mul", (upstream_number, local_number))
        return [upstream + _maths(upstream_number), local, _maths(product)]

    def _product(self, link: Link) -> Num:
        return number(self.view.workings.text(link.product, link.exact))

    def _table(self, columns: list[Column], drafts: list[_Draft], title: str = "value") -> Table:
        ends = [Column(cell("your answer"), "yours")]
        if not self.blank:
            ends = [Column(cell(title), "value"), Column(cell("✓"), "mark", quiet=True)]
        mark = cell(*filter(None, [letters_of(self.view)]))
        rows = []
        for draft in drafts:
            padding = [()] * (len(columns) - len(draft.cells))
            value: list[Cell] = [()] * len(ends)
            if draft.worked is not None and not self.blank:
                value = [self._number(draft.worked.value, draft.worked.exact), mark]
            cells = (*draft.cells, *padding, *value)
            asked = draft.worked if self.blank else None
            rows.append(Row(cells, self._facts(draft), draft.role, draft.starts, asked))
        return Table((*columns, *ends), tuple(rows))

    def _facts(self, draft: _Draft) -> Cell:
        """`dJ/dW1[1,2] = dJ/dnet1[1]·x[2] = -1·0 = 0`; nothing of a path, which is a part of such a line."""
        if draft.worked is None:
            return ((),)
        symbols, numbers, ends = row_sides(draft.worked, self.precision, self.style)
        if self.only_values:
            symbols = numbers = None
        if self.blank:
            numbers, ends = None, []
        middle = [Side(side) for side in (symbols, numbers) if side is not None]
        pieces: list[Content] = [Maths(draft.worked.name)]
        for side in (*middle, *ends):
            pieces += [Words(" ≈ " if side.about else " = "), Maths(side.expr)]
        return (tuple(pieces),)

    def _number(self, value: float, exact: Fraction | None, after: str = "") -> Cell:
        """-1/2 and = -0.5 below it; `≈ 0.593270` where digits are left out."""
        sides = number_sides(value, exact, self.precision)
        return tuple(
            cell(f"{'≈' if side.about else '='} " if side.about or place else after, Maths(side.expr))[0]
            for place, side in enumerate(sides)
        )

    def _text(self, expr: Expr | None) -> str:
        return "" if expr is None else to_text(expr, self.style)


def _maths(expr: Expr | None) -> Cell:
    return () if expr is None else cell(Maths(expr))


def _after(text: str, shown: Cell) -> Cell:
    return tuple((Words(text), *line) for line in shown)


def _change(formula: Expr | None) -> tuple[Expr, ...]:
    """The old value and what is added to it, of a formula that says so; else nothing."""
    match formula:
        case Call("sub", (old, change)):
            return old, neg(change)
        case Call("add", (old, *changes)) if name_of(old) or isinstance(old, Num):
            return old, changes[0] if len(changes) == 1 else Call("add", tuple(changes))
    return ()
