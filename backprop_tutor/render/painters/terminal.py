"""Blocks on a terminal, drawn by Rich: as tables, or row by row where there is no room for one."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, OverflowMethod, RenderableType, RenderResult
from rich.control import Control
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment, Segments
from rich.style import Style as Look
from rich.table import Table as RichTable
from rich.text import Text

from backprop_tutor.language import Style
from backprop_tutor.language.wrapping import LOOSE, TIGHT
from backprop_tutor.render.blocks import (
    Block,
    Cell,
    Column,
    Derivation,
    Drawing,
    Facts,
    Formula,
    Heading,
    Line,
    Listing,
    Maths,
    Progress,
    Prose,
    Row,
    Table,
    Words,
    WorkedStep,
)
from backprop_tutor.render.painters.derivation import Derivations
from backprop_tutor.render.painters.fitting import (
    BREAK,
    GAP,
    Fitted,
    Flow,
    Measured,
    Shown,
    frame,
    heights,
    joined,
    longest,
    longest_word,
    widths,
    with_quiet_below,
    without_a_spare,
)
from backprop_tutor.render.painters.pieces import GLUE, INDENT, RELATIONS, Pieces
from backprop_tutor.render.wording import shape_text

__all__ = ["Drawn", "TerminalPainter"]

Drawn = list[Segment]  # one line

NARROW = 70  # columns; below, rows are stacked
USUAL = 80  # columns that the table of a step takes where it needs less
UNFRAMED = 4 / 3  # times as many lines as without a frame that a table may take to have one
SHORTEST_BAR, LONGEST_BAR = 8, 40  # columns
SAID = {"note": "Note: "}  # before a paragraph of this role
ASCII_LINES = box.Box(str(box.HORIZONTALS).replace("─", "-"), ascii=True)


class _Drawn(NamedTuple):
    """What Rich draws, with the signs for breaks taken out and no space at the end of a line."""

    drawn: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in Segment.split_lines(console.render(self.drawn, options)):
            while line and not line[-1].text.strip():
                line.pop()
            for place, (text, style, control) in enumerate(line, 1):
                shown = text.replace(GLUE, " ").replace(BREAK, "")
                yield Segment(shown.rstrip() if place == len(line) else shown, style, control)
            yield Segment.line()


class TerminalPainter(Pieces):
    """Gives out renderables for `console`, block by block."""

    def __init__(self, console: Console, style: Style) -> None:
        self.console = console
        super().__init__(style)
        self._explained: set[str] = set()
        self._before: Block | None = None
        self._indent = 0  # of paragraphs below a small heading

    @property
    def width(self) -> int:
        return self.console.width

    def paint(self, blocks: Iterable[Block]) -> Iterator[RenderableType]:
        for block in blocks:
            if isinstance(block, Heading):
                self._indent = INDENT if block.level == 3 else 0
            self._texts.clear()
            yield _Drawn(self._block(block))
            self._before = block

    @property
    def height(self) -> int:
        return self.console.height

    def lines(self, blocks: Iterable[Block]) -> list[Drawn]:
        """The lines of `blocks`, for whoever has to know how many they are."""
        options = self.console.options
        if not self.style.glyphs.scripts:
            options.encoding = "ascii"
        drawn = Group(*self.paint(blocks))
        return self.console.render_lines(drawn, options, pad=False)

    def clear(self) -> None:
        """An empty screen, where there is one."""
        self.console.control(Control.home(), Control.clear())

    def show(self, line: Drawn) -> None:
        """Print one of these lines."""
        self.console.print(Segments([*line, Segment.line()]), end="")

    def _block(self, block: Block) -> RenderableType:
        match block:
            case Heading(line, 1):
                return self._text(line, "title")
            case Heading(line, 3):
                return Group(*[""][: self._before is not None], self._text(line, "section"))
            case Heading(line):
                title, dash = self._text(line, "section"), "─" if self.style.glyphs.scripts else "-"
                return Group("", Rule(title, characters=dash, style=self._of("border"), align="left"))
            case Prose(line, role):
                text = self._text((Words(SAID.get(role, "")), *line), role)
                return Padding(text, (0, 0, 0, self._indent)) if self._indent else text
            case Formula():
                return joined(self._matrix(block.matrices))
            case Facts(items):
                return self._facts(items)
            case Listing(items):
                return joined(map(self._fact, items))
            case Progress():
                return self._progress(block)
            case Drawing(lines):
                return joined(map(self._drawn, lines(self.width)))
            case Table():
                is_first = self._indent and isinstance(self._before, Heading)
                apart = block.edges and not is_first
                return Group(*[""][: int(apart)], self._table(block))
            case Derivation():
                drawn = Derivations(self.style, self.width, self._text).draw(block)
                return Group(*[""][not block.starts :], *drawn)
            case WorkedStep():
                return Group("", *self._step(block))

    def _progress(self, shown: Progress) -> RenderableType:
        from rich.progress_bar import ProgressBar

        grid = RichTable.grid(padding=(0, 2, 0, 0))
        title, said = self._text(shown.title), self._text(shown.said, "quiet")
        if shown.total is None:
            grid.add_row(title, said)
            return grid
        room = min(self.width - title.cell_len - said.cell_len - 4, LONGEST_BAR)
        bar = ProgressBar(
            shown.total,
            shown.done,
            room,
            style=self._of("quiet"),
            complete_style=self._of("bar"),
            finished_style=self._of("bar"),
        )
        grid.add_row(title, *([bar] if room >= SHORTEST_BAR else []), said)
        return grid

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
        least = min(self.width, USUAL) if title else None
        title = title or (self._text(table.title, "title") if table.title else None)
        below = Text("\n").join(
            self._text(line, "quiet") for line in caption or filter(None, [table.caption])
        )
        rows = table.every_row
        titled = any(column.title for column in table.columns)
        fitted = self._fitted(table, rows)
        if fitted is None or (self.width < NARROW and table.borders and titled):
            said: list[RenderableType] = [*[""][: table.edges], below] if below else []
            return Group(*filter(None, [title]), *self._stacked(table, rows), *said)
        is_framed, texts = fitted.framed, self._broken(fitted)
        drawn = RichTable(
            title=title,
            caption=below or None,
            title_style=Look.null(),
            title_justify="left",
            caption_style=Look.null(),
            caption_justify="left",
            box=self._box(table, framed=is_framed),
            show_edge=is_framed and table.edges,
            border_style=self._of("border"),
            header_style=Look.null(),
            show_header=titled,
            show_footer=False,
            min_width=least if is_framed and table.edges else None,
            pad_edge=is_framed and table.edges,
            padding=(0, 1) if is_framed else 0 if table.borders else (0, GAP, 0, 0),
        )
        for (column, _, _), column_texts, width in zip(fitted.shown, texts, fitted.widths, strict=True):
            fits = longest(column_texts) <= width
            overflow: OverflowMethod = "ignore" if fits and column.flush == "left" else "fold"
            drawn.add_column(
                column_texts[0], justify=column.flush, width=width, overflow=overflow, no_wrap=fits
            )
        tall = any(len(text.plain.splitlines()) > 1 for _, *cells in texts for text in cells)
        for place, row in enumerate(rows):
            if place and (row is table.foot or (tall and table.borders and table.edges and row.starts)):
                drawn.add_section()
            drawn.add_row(*(cells[place] for _, *cells in texts))
        return drawn

    def _fitted(self, table: Table, rows: Sequence[Row]) -> Fitted | None:
        """Of the ways that have room the one that takes the fewest lines, of those alike the first: as it is,
        with what is quiet below what stands before it, each with lines between the rows only. Without what
        is spare only where it has no room otherwise."""
        shown: list[Shown] = [
            (
                column,
                self._flow(column.title, _head(column)),
                [self._flow(row.cells[place], row.role or column.role) for row in rows],
            )
            for place, column in enumerate(table.columns)
        ]
        if not table.edges:
            shown = self._flat(table, rows, shown)
        while shown:
            ways = self._ways(table, shown)
            if not ways or ways[-1].extra or ways[-1].framed < table.borders:
                ways += self._ways(table, with_quiet_below(shown))
            if ways:
                return min(ways, key=lambda way: way.lines * (1 if way.framed else UNFRAMED))
            shown = without_a_spare(shown)
        return None

    def _ways(self, table: Table, shown: Sequence[Shown]) -> list[Fitted]:
        """Those that have room, in larger pieces and in smaller ones, up to the first that breaks nothing."""
        ways, width = list[Fitted](), self.width  # asking for it takes a system call
        for most in (LOOSE, TIGHT)[: 2 * bool(shown)]:
            columns = [
                Measured([head(most), *(cell(most) for cell in cells)], column.least)
                for column, head, cells in shown
            ]
            whole = sum(heights(columns, [width] * len(columns)))
            for framed in (table.borders, False)[: 1 + table.borders]:
                room = width - frame(table, len(shown), framed=framed)
                for found in widths(columns, room):
                    lines = sum(heights(columns, found))
                    ways.append(Fitted(shown, found, columns, framed, lines, lines - whole))
                    if lines == whole:
                        return ways
        return ways

    def _broken(self, fitted: Fitted) -> list[list[Text]]:
        """The texts in pieces as long as there is room for, so that brackets are broken last."""
        return [
            list(measured.texts)
            if measured.longest <= width
            else [
                known
                if longest([known]) <= width
                else next((t for t in map(flow, (width, width - 2)) if longest_word([t]) <= width), known)
                for flow, known in zip((head, *cells), measured.texts, strict=True)
            ]
            for (_, head, cells), measured, width in zip(
                fitted.shown, fitted.columns, fitted.widths, strict=True
            )
        ]

    def _flow(self, shown: Cell, role: str) -> Flow:
        return cache(lambda most: joined(self._lines(shown, role, most)))

    def _flat(self, table: Table, rows: Sequence[Row], shown: list[Shown]) -> list[Shown]:
        """The columns with a line a row, where lines are dear; as they are where that is too wide."""
        said = [
            [self._said(row.cells[place], row.role or column.role) for row in rows]
            for place, column in enumerate(table.columns)
        ]
        heads = [head(LOOSE) for _, head, _ in shown]
        for titles in ([Text(" ").join(head.split("\n")) for head in heads], heads):
            lines = [[title, *cells] for title, cells in zip(titles, said, strict=True)]
            if sum(map(longest, lines)) + frame(table, len(lines), framed=table.borders) <= self.width:
                return [
                    (column, _always(title), [_always(text) for text in texts])
                    for column, (title, *texts) in zip(table.columns, lines, strict=True)
                ]
        return shown

    def _box(self, table: Table, *, framed: bool) -> box.Box | None:
        if not table.borders:
            return None
        unicode = self.style.glyphs.scripts
        if framed:
            return (box.ROUNDED if table.edges else box.MINIMAL) if unicode else box.ASCII
        return box.HORIZONTALS if unicode else ASCII_LINES

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
            if not table.edges and not any(row.cells[place] for place, _ in columns):
                continue  # a place that is still empty
            if row.starts and table.edges and row is not rows[0]:
                yield ""
            yield from self._lines(row.cells[first[0]], first[1].role)
            grid = RichTable.grid(padding=(0, 1, 0, 0))
            grid.add_column(width=INDENT - 1)
            grid.add_column(width=label)
            grid.add_column(overflow="fold", width=max(self.width - label - INDENT - 1, 1))
            is_total = row is table.foot and sum(map(bool, row.cells)) == 2  # which speaks for itself
            for said, (place, column) in zip(titles, columns, strict=True):
                if row.cells[place] or (row.asked and column.role == "yours"):
                    said = "" if is_total else said
                    value = self._said(row.cells[place], row.role or column.role)
                    grid.add_row("", Text(said, self._of(_head(column))), value)
            if grid.row_count:
                yield grid

    def _said(self, shown: Cell, role: str) -> Text:
        """The lines of a cell as one equation, where each is a formula; else below one another."""
        lines = self._lines(shown, role)
        if len(lines) > len(shown) or not all(isinstance(line[-1], Maths) for line in shown):
            return joined(lines)
        said = Text()
        for line in lines:
            signed = line.plain.startswith(RELATIONS)
            said.append(" " if signed and said else f" ={GLUE}" if said else "")
            said.append_text(line)
        return said


def _head(column: Column) -> str:
    """The role of a column's title: that of the factor in it, so that it explains the picture as well."""
    return column.role if column.role in ("asked", "upstream", "local") else "quiet"


def _always(text: Text) -> Flow:
    return lambda most: text
