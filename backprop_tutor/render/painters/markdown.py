"""Blocks as Markdown. Formulas of whole arrays in LaTeX, and every number in tables of plain text, so that it
reads well with maths shown and without."""

import re
from collections.abc import Iterable, Iterator, Sequence

from backprop_tutor.language import Array, Style, clean, to_latex
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
    line_text,
    tabled,
)
from backprop_tutor.render.wording import shape_text

__all__ = ["MarkdownPainter", "escape_markdown"]

BLANK = "________"
COLUMNS = 80  # of a drawing


def escape_markdown(text: str) -> str:
    """`text` with everything escaped that Markdown, or HTML in it, reads as a command."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~$&!])", r"\\\1", clean(text, keep_newlines=True))
    return re.sub(r"(?m)^(\s*)([-+=:]|\d+(?=[.)]))", r"\1\\\2", escaped)


class MarkdownPainter:
    """Gives out paragraphs. A `blank` document does not say how its steps are worked out."""

    def __init__(self, style: Style, *, blank: bool = False) -> None:
        self.style = style
        self.blank = blank

    def paint(self, blocks: Iterable[Block]) -> Iterator[str]:
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(line, level):
                yield f"{'#' * level} {self._line(line)}"
            case Prose(line, "graph"):
                yield _code(self._plain(line))
            case Prose(line, role):
                yield {"note": "- Note: ", "check": "- "}.get(role, "") + self._said(line)
            case Formula():
                yield f"$$\n{to_latex(block.matrices, self.style)}\n$$"
            case Table():
                yield from self._table(block)
            case WorkedStep():
                yield from self._step(block)
            case Facts(items) | Listing(items):
                yield "\n".join(f"- {self._said(item)}" for item in items)
            case Progress(title, _, _, said):
                yield f"{self._line(title)}: {self._line(said)}"
            case Drawing(lines):
                yield "\n".join(["```text", *map(self._plain, lines(COLUMNS)), "```"])
            case Derivation():
                yield from self._table(tabled(block))

    def _step(self, step: WorkedStep) -> Iterator[str]:
        if step.skipped:
            yield f"{step.skipped:,} steps are left out here."
        title = (
            f"### {step.number}/{step.of} {self._line((step.quantity,))} {shape_text(step.shape, self.style)}"
        )
        yield title if self.blank else f"{title} · {escape_markdown(step.rule)}"
        if step.formula and not self.blank:
            yield from self._block(step.formula)
        yield from self._table(step.table)
        if step.left_out:
            yield f"{step.left_out:,} more elements are left out."
        if self.blank:
            return
        if step.why:
            yield escape_markdown(step.why)
        if step.proof:
            yield from self._table(step.proof)
        if step.confirmed:
            yield step.confirmed

    def _table(self, table: Table) -> Iterator[str]:
        if table.title:
            yield f"{self._line(table.title)}:"
        table = table.without("mark")
        head = _row([self._cell(column.title) for column in table.columns])
        rows = [self._row(table.columns, row) for row in table.every_row]
        yield "\n".join([head, f"|{'---|' * len(table.columns)}", *rows])
        if table.caption:
            yield self._line(table.caption)

    def _row(self, columns: Sequence[Column], row: Row) -> str:
        cells = zip(columns, row.cells, strict=True)
        return _row(
            [BLANK if column.role == "yours" and row.asked else self._cell(shown) for column, shown in cells]
        )

    def _cell(self, shown: Cell) -> str:
        return "<br>".join(map(self._line, shown))

    def _said(self, line: Line) -> str:
        """Words with formulas among them as code."""
        said = ""
        for piece in line:
            if isinstance(piece, Words):
                said += escape_markdown(f"{said and '.'}{piece.text}")[len(said and ".") :]
            else:
                said += _code(self._plain((piece,)))
        return said

    def _line(self, line: Line) -> str:
        """Words as text; a formula, with what stands beside it, as code; a matrix in LaTeX."""
        match line:
            case (Maths(Array() as array),):
                return f"${to_latex(array, self.style)}$"
            case _ if any(isinstance(piece, Maths) for piece in line):
                return _code(self._plain(line))
            case _:
                return escape_markdown(self._plain(line))

    def _plain(self, line: Line) -> str:
        return line_text(line, self.style)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Text as it stands; a bar would end a cell of a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", "\\|")
