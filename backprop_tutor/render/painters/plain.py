"""Blocks as plain lines, one fact a line: for screen readers, for grep and diff, for dumb terminals."""

from collections.abc import Iterable, Iterator

from backprop_tutor.language import ASCII, Style, to_text
from backprop_tutor.render.blocks import (
    Block,
    Derivation,
    Drawing,
    Facts,
    Formula,
    Heading,
    Line,
    Listing,
    Progress,
    Prose,
    Row,
    Table,
    Words,
    WorkedStep,
)
from backprop_tutor.render.wording import PHASE_TITLES, shape_text

__all__ = ["PlainPainter"]

SAID = {
    "exercise": "exercise",
    "task": "task",
    "graph": "graph",
    "note": "note",
    "remark": "note",
    "check": "check",
}
"""The word before a paragraph of each role."""
UNSAID = {"proved", "unproved"}  # each line says it of itself


class PlainPainter:
    """Gives out lines of text. Quantities in what is said of a step are written as they are typed."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.typed = style._replace(glyphs=ASCII)

    def paint(self, blocks: Iterable[Block]) -> Iterator[str]:
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(role="phase"):
                return
            case Heading(facts=facts) if facts:
                yield from map(self._text, facts)
            case Heading(line, _, role):
                yield f"{SAID[role]}: {self._text(line)}" if role in SAID else self._text(line)
            case Prose(line, role) if role not in UNSAID:
                yield f"{SAID[role]}: {self._text(line)}" if role in SAID else self._text(line)
            case Formula():
                yield self._sides(block)
            case Facts(items) | Listing(items):
                yield from map(self._text, items)
            case Progress():
                yield f"{self._text(block.title)}: {self._text(block.said)}"
            case Drawing(_, facts):
                yield from map(self._text, facts)
            case Table():
                yield from self._table(block)
            case WorkedStep():
                yield from self._step(block)
            case Derivation():
                yield from self._derivation(block)

    def _step(self, step: WorkedStep) -> Iterator[str]:
        name, sizes = to_text(step.quantity.expr, self.typed), shape_text(step.shape, self.style)
        if step.skipped:
            yield f"skipped: {step.skipped:,} steps (ask for one with --quantity)"
        yield f"step: {PHASE_TITLES[step.phase]} {step.number} of {step.of}: {name}, {sizes}"
        yield f"rule: {self.style.spell(step.rule)}"
        if step.why:
            yield f"why: {self.style.spell(step.why)}"
        if step.formula:
            yield f"matrix form: {self._sides(step.formula)}"
        yield from self._table(step.table)
        if step.left_out:
            yield f"left out: {step.left_out:,} more elements (ask for one with --quantity)"
        if step.mark:
            yield f"verified: {'✓' if self.style.glyphs.scripts else 'ok '}{step.mark}"

    def _derivation(self, derivation: Derivation) -> Iterator[str]:
        left, before = to_text(derivation.left, self.style), ""
        about = "≈" if self.style.glyphs.scripts else "~"
        for line in derivation.lines:
            if line.facts:
                yield from map(self._text, line.facts)
                continue
            text = to_text(line.expr, self.style)
            if text != before:
                verdict = {None: "not verified", True: "verified", False: "wrong"}[line.verified]
                yield f"line: {left} {about if line.about else '='} {text}"
                yield f"rule: {self._text(line.rule)}, {verdict}"
                yield from [f"shapes: {self._text(line.remark)}"] if line.remark else ()
            before = text

    def _table(self, table: Table) -> Iterator[str]:
        if table.title:
            yield self._text(table.title)
        for row in table.every_row:
            facts = map(self._text, row.facts) if row.facts else self._row(table, row)
            yield from filter(None, facts)
        if table.caption:
            yield self._text(table.caption)

    def _row(self, table: Table, row: Row) -> Iterator[str]:
        """A row that says of no line that it is the fact: its cells by the titles of their columns."""
        said = []
        for column, cell in zip(table.columns, row.cells, strict=True):
            title, shown = (" ".join(map(self._text, lines)) for lines in (column.title, cell))
            if shown and not (column.quiet or column.spare):
                said.append(f"{title}: {shown}" if title else shown)
        if said:
            yield "; ".join(said)

    def _sides(self, formula: Formula) -> str:
        return " = ".join(to_text(side, self.style) for side in formula.sides)

    def _text(self, line: Line) -> str:
        return "".join(
            self.style.spell(piece.text) if isinstance(piece, Words) else to_text(piece.expr, self.style)
            for piece in line
        )
