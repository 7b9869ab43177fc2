"""The table of one step: every factor of it in a column, its symbols above its numbers."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from backprop_tutor.language import Expr, Num, Partial, Style, Sym, neg, to_text
from backprop_tutor.language.expr import Call, name_of
from backprop_tutor.render.blocks import Cell, Column, Content, Maths, Row, Table, Words, cell
from backprop_tutor.render.confirmations import letters_of
from backprop_tutor.render.equations import Side, number, number_sides, row_sides, total
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.chain import Chain, Link

__all__ = ["Seen", "step_table"]

At = tuple[int, ...]


class Seen:
    """What may be seen of a table: of a solution everything. A session holds back what it still asks, a
    demonstration what is to be guessed.

    Elements are given by their zero-based indices. A number that is held back has a text in its place,
    which may be empty; None stands for the number itself. `marks` tell what confirmed a value.
    """

    marks = True

    def formula(self, at: At) -> bool:
        """Whether the formula in symbols is seen, or that of a local derivative."""
        return True

    def numbers(self, at: At) -> bool:
        """Whether the numbers are, that are put into it."""
        return True

    def value(self, at: At) -> str | None:
        return None

    def upstream(self, at: At, link: "Link") -> str | None:
        return None

    def local(self, at: At, link: "Link") -> str | None:
        """What stands for a local derivative whose formula is not seen."""
        return None

    def local_number(self, at: At, link: "Link") -> bool:
        """Whether its number is, where the formula is."""
        return self.numbers(at)

    def term(self, at: At, link: "Link") -> str | None:
        return None


EVERYTHING = Seen()


def step_table(
    view: StepView,
    style: Style,
    precision: int,
    *,
    only_values: bool = False,
    by_path: bool = True,
    blank: bool = False,
    seen: Seen = EVERYTHING,
) -> Table:
    """The rows of a step under the columns of its kind.

    Forward: quantity, formula, with numbers, value. Backward: the derivative asked, upstream gradient,
    local derivative, term, value; a row a path, and their sum last. Update: old value, change, new value.
    Not `by_path`, a derivative is a formula like others. With `blank` there are no values, and a column for
    the reader's own.
    """
    rows = _Rows(view, style, precision, only_values, blank, seen)
    if only_values or all(row.formula is None for row in view.rows):
        return rows.values()
    if view.step.by_path and by_path:
        return rows.backward()
    if view.step.phase == "update" and all(_change(row.formula) for row in view.rows):
        return rows.update()
    return rows.forward()


class _Draft(NamedTuple):
    """A row from its first cells on; `worked` is what ends in it, the element `at` these indices."""

    cells: list[Cell]
    worked: Worked | None = None
    at: At = ()
    starts: bool = True
    role: str = ""


class _Rows(NamedTuple):
    view: StepView
    style: Style
    precision: int
    only_values: bool
    blank: bool
    seen: Seen

    def values(self) -> Table:
        rows = [_Draft([_maths(worked.name)], worked, at) for worked, at in self._elements()]
        return self._table([Column(cell("quantity"), "asked")], rows)

    def forward(self) -> Table:
        columns = [Column(cell("quantity"), "asked"), Column(cell("formula"))]
        columns += [] if self.blank else [Column(cell("with numbers"))]
        rows = []
        for worked, at in self._elements():
            shown = [worked.formula if self.seen.formula(at) else None]
            shown += [] if self.blank else [worked.substituted if self.seen.numbers(at) else None]
            rows.append(_Draft([_maths(worked.name), *map(_maths, shown)], worked, at))
        return self._table(columns, rows)

    def update(self) -> Table:
        is_seen = any(map(self.seen.formula, self.view.indices))
        change = dict(enumerate(_change(self.view.form))).get(1) if is_seen else None
        columns = [
            Column(cell("quantity"), "asked"),
            Column(cell("old value"), "old"),
            Column(cell("change") + _maths(change), "change"),
        ]
        rows = []
        for worked, at in self._elements():
            parts = zip(_change(worked.formula), _change(worked.substituted), strict=False)
            with_numbers = self.seen.numbers(at) and not self.blank
            cells = [
                _maths(symbols) + (_maths(numbers) if with_numbers else ()) for symbols, numbers in parts
            ]
            rows.append(_Draft([_maths(worked.name), *(cells if self.seen.formula(at) else ())], worked, at))
        return self._table(columns, rows, "new value")

    def backward(self) -> Table:
        from backprop_tutor.walkthrough.chain import chain_of  # not before there is a derivative to show

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
            for (worked, at), chain in zip(self._elements(), chains, strict=True)
            for row in self._paths(worked, at, chain, named=len(local) == 1)
        ]
        return self._table(columns, rows)

    def _elements(self) -> Iterator[tuple[Worked, At]]:
        return zip(self.view.rows, self.view.indices, strict=True)

    def _paths(self, worked: Worked, at: At, chain: "Chain", *, named: bool) -> Iterator[_Draft]:
        """A row a path; of several, their sum in the last."""
        name = _maths(worked.name)
        if len(chain.links) + chain.left_out <= 1:
            cells = self._link(chain.links[0], at, named=named) if chain.links else [cell("no path")]
            yield _Draft([name, *cells], worked, at)
            return
        for link in chain.links:
            is_first = link is chain.links[0]
            if chain.left_out and link is chain.links[-1]:
                yield _Draft([(), cell(f"{chain.left_out:,} more paths")], starts=False)
            cells = self._link(link, at, named=named)
            if not self.blank and self.seen.term(at, link) is None:
                cells[-1] += self._number(link.product, link.exact, after="= ")[-1:]
            yield _Draft([name if is_first else (), *cells], starts=is_first)
        is_whole = self.seen.numbers(at) and not (self.blank or chain.left_out)
        summed = [(), (), _maths(total(map(self._product, chain.links)))] if is_whole else []
        yield _Draft([cell("sum"), *summed], worked, at, starts=False, role="total")

    def _link(self, link: "Link", at: At, *, named: bool) -> list[Cell]:
        """Upstream gradient, local derivative and their product, each with its numbers below."""
        upstream, local = _maths(link.upstream.name), self._local(link, at, named=named)
        if self.blank:
            return [upstream, local]
        upstream_number, local_number = (
            number(self.view.workings.text(part.value, part.exact)) for part in (link.upstream, link.local)
        )
        product = Call("mul", (upstream_number, local_number))
        return [
            upstream + _instead(self.seen.upstream(at, link), upstream_number),
            local,
            _instead(self.seen.term(at, link), product),
        ]

    def _local(self, link: "Link", at: At, *, named: bool) -> Cell:
        """The formula of the local derivative, and its number; where the formula is held back only what it is
        the derivative of."""
        partial = Maths(Partial(link.of, link.local.name))
        held = self.seen.local(at, link)
        if held is not None:
            return (*cell(partial), *_instead(held))
        local = _maths(link.local.formula)
        if named:
            local = (*cell(partial), *_after("= ", local))
        if self.blank or not self.seen.local_number(at, link):
            return local
        shown = number(self.view.workings.text(link.local.value, link.local.exact))
        substituted = link.local.substituted
        if self._text(substituted) not in (self._text(link.local.formula), self._text(shown)):
            return (
                local
                + _maths(substituted)
                + self._number(link.local.value, link.local.exact, after="= ")[-1:]
            )
        return local if self._text(shown) == self._text(link.local.formula) else local + _maths(shown)

    def _product(self, link: "Link") -> Num:
        return number(self.view.workings.text(link.product, link.exact))

    def _table(self, columns: list[Column], drafts: list[_Draft], title: str = "value") -> Table:
        ends = [Column(cell("your answer"), "yours")]
        if not self.blank:
            ends = [Column(cell(title), "value"), Column(cell("✓"), "mark", quiet=True)]
        mark = cell(*filter(None, [letters_of(self.view) if self.seen.marks else ""]))
        ends = ends if self.blank or mark else ends[:1]
        rows = []
        if self.view.left_out and len(self.view.rows) > 1:  # between the first and the last
            last = max(place for place, draft in enumerate(drafts) if draft.starts)
            drafts.insert(last, _Draft([cell(Words("⋮", "quiet"))]))
        for draft in drafts:
            padding = [()] * (len(columns) - len(draft.cells))
            value: list[Cell] = [()] * len(ends)
            if draft.worked is not None and not self.blank:
                held = self.seen.value(draft.at)
                number = self._number(draft.worked.value, draft.worked.exact)
                value = [number, mark] if held is None else [_instead(held), ()]
            cells = (*draft.cells, *padding, *value[: len(ends)])
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


def _instead(held: str | None, expr: Expr | None = None) -> Cell:
    """What stands for a number that is held back, or the number."""
    if held is None:
        return _maths(expr)
    return cell(Maths(number(held), "asked")) if held else ()


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
