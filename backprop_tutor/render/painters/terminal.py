"""Blocks on a terminal, drawn by Rich: as tables, or row by row where there is no room for one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style as Look
from rich.table import Table as RichTable
from rich.text import Text

from backprop_tutor.language import Expr, Style, rewrite, to_text
from backprop_tutor.language.expr import Array, Valued
from backprop_tutor.language.stacked import to_matrices
from backprop_tutor.language.wrapping import breakable
from backprop_tutor.render.blocks import (
    Block,
    Cell,
    Column,
    Formula,
    Heading,
    Line,
    Maths,
    Prose,
    Row,
    Table,
    Words,
    WorkedStep,
)
from backprop_tutor.render.theme import COLOURS, STYLES
from backprop_tutor.render.wording import shape_text

__all__ = ["TerminalPainter"]

NARROW = 70  # columns; below, rows are stacked
USUAL = 80  # columns that a table takes where it needs less
GLUE, BREAK = "\ue000", "\x1f"  # a space where no line breaks; a break where there is no space
RELATIONS = ("=", "≈", "~")  # a line is not broken behind one
INDENT = 2
GAP = 2  # between the columns of a table without borders
SAID = {"note": "Note: "}  # before a paragraph of this role


_Shown = tuple[Column, Text, list[Text]]  # a column, its title, its cells


class _Drawn(NamedTuple):
    """What Rich draws, with the signs for breaks taken out and no space at the end of a line."""

    drawn: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in Segment.split_lines(console.render(self.drawn, options)):
            while line and line[-1].text.isspace():
                line.pop()
            for place, (text, style, control) in enumerate(line, 1):
                shown = text.replace(GLUE, " ").replace(BREAK, "")
                yield Segment(shown.rstrip() if place == len(line) else shown, style, control)
            yield Segment.line()


class TerminalPainter:
    """Gives out renderables for `console`, block by block."""

    def __init__(self, console: Console, style: Style) -> None:
        self.console = console
        self.style = style
        self._explained: set[str] = set()
        self.looks = {role: Look.parse(_look(words)) for role, words in STYLES.items()}

    @property
    def width(self) -> int:
        return self.console.width

    def paint(self, blocks: Iterable[Block]) -> Iterator[RenderableType]:
        for block in blocks:
            yield _Drawn(self._block(block))

    def _block(self, block: Block) -> RenderableType:
        match block:
            case Heading(line, 1):
                return self._text(line, "title")
            case Heading(line):
                title, dash = self._text(line, "section"), "─" if self.style.glyphs.scripts else "-"
                return Group("", Rule(title, characters=dash, style=self._of("border"), align="left"))
            case Prose(line, role):
                return self._text((Words(SAID.get(role, "")), *line), role)
            case Formula():
                return _joined(self._matrix(block.matrices))
            case Table():
                return Group("", self._table(block))
            case WorkedStep():
                return Group("", *self._step(block))

    def _of(self, role: str) -> Look:
        return self.looks.get(role, Look.null())

    # Pieces

    def _piece(self, piece: Words | Maths) -> str:
        if isinstance(piece, Words):
            text = self.style.spell(piece.text)
            return text.rstrip() + GLUE if text.strip() in RELATIONS else text
        return breakable(to_text(piece.expr, self.style), GLUE, BREAK)

    def _text(self, line: Line, role: str = "") -> Text:
        text = Text(style=self._of(role))
        for piece in line:
            text.append(self._piece(piece), self._of(piece.role))
        return text

    def _lines(self, shown: Cell, role: str = "") -> list[Text]:
        """The lines of a cell, a matrix over as many as it has rows."""
        found = []
        for line in shown:
            if len(line) == 1 and isinstance(line[0], Maths) and isinstance(line[0].expr, Array):
                found += self._matrix(line[0].expr, role)
            else:
                found.append(self._text(line, role))
        return found

    def _matrix(self, expr: Expr, role: str = "") -> list[Text]:
        """A formula of arrays as matrices; without their numbers, or as text, where they have no room."""
        room = self.width - INDENT
        for shown in (expr, rewrite(expr, _without_numbers)):
            rows = to_matrices(shown, self.style, room)
            if max(map(cell_len, rows)) <= room:
                return [Text(row.replace(" ", GLUE), self._of(role)) for row in rows]
        return [self._text((Maths(rewrite(expr, _symbol)),), role)]

    # Steps

    def _step(self, step: WorkedStep) -> Iterator[RenderableType]:
        if step.skipped:
            yield self._text(
                (Words(f"{step.skipped:,} steps left out; ask for one with --quantity."),), "quiet"
            )
            yield ""
        title = self._text((Words(f"{step.number}/{step.of} ", "quiet"), step.quantity))
        title.append(f"  {shape_text(step.shape, self.style)}  ", self._of("quiet"))
        title.append(self.style.spell(step.rule), self._of("rule"))
        if step.formula:
            title = Text("\n").join([title, Text(), *self._matrix(step.formula.matrices, "title"), Text()])
        caption = [(Words(step.why),)] if step.why and step.why not in self._explained else []
        self._explained.add(step.why)
        if step.left_out:
            caption.append((Words(f"{step.left_out:,} more; ask for one with --quantity."),))
        yield self._table(step.table, title, caption)

    # Tables

    def _table(self, table: Table, title: Text | None = None, caption: Sequence[Line] = ()) -> RenderableType:
        title = title or (self._text(table.title, "title") if table.title else None)
        below = Text("\n").join(
            self._text(line, "quiet") for line in caption or filter(None, [table.caption])
        )
        rows = [*table.rows, *filter(None, [table.foot])]
        heads = [_joined(self._lines(column.title)) for column in table.columns]
        columns = [
            [_joined(self._lines(row.cells[place], row.role or column.role)) for row in rows]
            for place, column in enumerate(table.columns)
        ]
        shown = list(zip(table.columns, heads, columns, strict=True))
        widths = self._widths(table, shown)
        while widths is None and (narrower := _without_a_spare(shown) or _with_quiet_below(shown)):
            shown = narrower
            widths = self._widths(table, shown)
        if widths is None or (self.width < NARROW and table.borders):
            return Group(*filter(None, [title]), *self._stacked(table, rows), *filter(None, [below]))
        drawn = RichTable(
            title=title,
            caption=below or None,
            title_style=Look.null(),
            title_justify="left",
            caption_style=Look.null(),
            caption_justify="left",
            box=self._box(table),
            border_style=self._of("border"),
            header_style=self._of("quiet"),
            show_header=any(column.title for column in table.columns),
            show_footer=False,
            min_width=min(self.width, USUAL) if table.borders else None,
            padding=(0, 1) if table.borders else (0, GAP, 0, 0),
        )
        for (column, head, cells), width in zip(shown, widths, strict=True):
            fits = all(cell_len(line) <= width for text in cells for line in text.plain.split("\n"))
            drawn.add_column(head, justify=column.flush, width=width, overflow="fold", no_wrap=fits)
        tall = any(len(text.plain.splitlines()) > 1 for cells in columns for text in cells)
        for place, row in enumerate(rows):
            if place and (row is table.foot or (tall and table.borders and row.starts)):
                drawn.add_section()
            drawn.add_row(*(cells[place] for _, _, cells in shown))
        return drawn

    def _widths(self, table: Table, shown: Sequence[_Shown]) -> list[int] | None:
        room = self.width - _frame(len(shown), borders=table.borders)
        return _widths([[head, *cells] for _, head, cells in shown], [c.least for c, _, _ in shown], room)

    def _box(self, table: Table) -> box.Box | None:
        if not table.borders:
            return None
        return box.ROUNDED if self.style.glyphs.scripts else box.ASCII

    def _stacked(self, table: Table, rows: Sequence[Row]) -> Iterator[RenderableType]:
        """Every row as its first cell and, below, what stands in the others by their titles."""
        first, *columns = (
            (place, column)
            for place, column in enumerate(table.columns)
            if not (column.quiet or column.spare)
        )
        titles = [self._piece(column.title[0][0]) if column.title else "" for _, column in columns]
        label = max(map(cell_len, titles), default=0)
        for row in rows:
            if row.starts and row is not rows[0]:
                yield ""
            yield from self._lines(row.cells[first[0]], first[1].role)
            grid = RichTable.grid(padding=(0, 1, 0, 0))
            grid.add_column(width=INDENT - 1)
            grid.add_column(width=label)
            grid.add_column(overflow="fold", width=max(self.width - label - INDENT - 1, 1))
            for said, (place, column) in zip(titles, columns, strict=True):
                if row.cells[place]:
                    value = self._said(row.cells[place], row.role or column.role)
                    grid.add_row("", Text(said, self._of("quiet")), value)
            if grid.row_count:
                yield grid

    def _said(self, shown: Cell, role: str) -> Text:
        """The lines of a cell as one equation, where each is a formula; else below one another."""
        lines = self._lines(shown, role)
        if len(lines) > len(shown) or not all(isinstance(line[-1], Maths) for line in shown):
            return _joined(lines)
        said = Text()
        for line in lines:
            signed = line.plain.startswith(RELATIONS)
            said.append(" " if signed and said else f" ={GLUE}" if said else "")
            said.append_text(line)
        return said


def _without_numbers(expr: Expr) -> Expr | None:
    return Valued(expr.symbol, None, expr.shape) if isinstance(expr, Valued) else None


def _symbol(expr: Expr) -> Expr | None:
    return expr.symbol if isinstance(expr, Valued) else None


def _look(words: str) -> str:
    return " ".join(COLOURS.get(word, word) for word in words.split())


def _joined(lines: Iterable[Text]) -> Text:
    found = list(lines)
    return found[0] if len(found) == 1 else Text("\n").join(found)


def _without_a_spare(shown: Sequence[_Shown]) -> list[_Shown]:
    """The columns without the last that is spare; nothing where none is."""
    places = [place for place, (column, _, _) in enumerate(shown) if column.spare]
    return [column for place, column in enumerate(shown) if place != places[-1]] if places else []


def _with_quiet_below(shown: Sequence[_Shown]) -> list[_Shown]:
    """The columns without the quiet ones, whose cells stand below those before them; or nothing."""
    kept: list[_Shown] = []
    for column, head, cells in shown:
        if column.quiet and kept:
            before, title, above = kept.pop()
            cells = [_joined(filter(None, pair)) for pair in zip(above, cells, strict=True)]
            column, head = before, title
        kept.append((column, head, cells))
    return kept if len(kept) < len(shown) else []


def _frame(columns: int, *, borders: bool) -> int:
    """What the borders and the space beside them take."""
    return 3 * columns + 1 if borders else GAP * columns


def _widths(columns: Sequence[Sequence[Text]], at_least: Sequence[int], room: int) -> list[int] | None:
    """How wide each column is, of `room` together: what its longest word needs, and then what its longest
    line does, the longest first; None where there is not room for the words."""
    lines = [[line for text in column for line in text.plain.split("\n")] for column in columns]
    words = [max((cell_len(w) for line in column for w in line.split()), default=1) for column in lines]
    most = [max(1, *map(cell_len, column)) for column in lines]
    widths = [max(word, min(least, whole)) for word, least, whole in zip(words, at_least, most, strict=True)]
    left = room - sum(widths)
    if left < 0:
        return None
    for place in sorted(range(len(lines)), key=lambda k: widths[k] - most[k]):
        taken = min(most[place] - widths[place], left)
        widths[place] += taken
        left -= taken
    return widths
