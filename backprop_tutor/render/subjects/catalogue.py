"""The exercises there are, as blocks."""

from collections.abc import Iterator, Mapping, Sequence

from backprop_tutor.exercise.catalogue import CatalogueEntry
from backprop_tutor.render.blocks import Block, Column, Heading, Prose, Row, Table, Words, cell

__all__ = ["catalogue_blocks"]


def catalogue_blocks(
    entries: Sequence[CatalogueEntry], marks: Mapping[str, str], lessons: Mapping[str, int | None]
) -> Iterator[Block]:
    """The shipped exercises, those in this folder, and what to do with one; `marks` say how far each is, and
    `lessons` to which lesson of the course a shipped one belongs."""
    for shipped, heading in ((True, "Shipped exercises"), (False, "In this folder")):
        group = [entry for entry in entries if entry.shipped == shipped]
        if group:
            yield Heading((Words(heading),), level=2)
            yield _table(group, marks, lessons if shipped else {})
    yield Prose((Words("Work through one with: backprop-tutor run NAME"),))
    yield Prose((Words("Their lessons begin with: backprop-tutor learn"),))


def _table(
    entries: Sequence[CatalogueEntry], marks: Mapping[str, str], lessons: Mapping[str, int | None]
) -> Table:
    rows = [_row(entry, marks.get(entry.name, ""), lessons.get(entry.name)) for entry in entries]
    columns = (
        Column(cell("lesson"), "quiet", "right"),
        Column(cell("name"), "asked"),
        Column(cell("what it is"), least=24),
        Column(cell("level"), "quiet"),
        Column(cell("done"), "correct"),
        Column(cell("topics"), "quiet", spare=True, least=40),
    )
    used = [place for place, column in enumerate(columns) if any(row.cells[place] for row in rows)]
    cut = [row._replace(cells=tuple(row.cells[place] for place in used)) for row in rows]
    return Table(tuple(columns[place] for place in used), tuple(cut))


def _row(entry: CatalogueEntry, done: str, lesson: int | None) -> Row:
    about = f"cannot be read: {entry.fault.what}" if entry.fault else entry.title
    topics = ", ".join(entry.topics)
    details = ", ".join(filter(None, [f"lesson {lesson}" if lesson else "", entry.level, topics]))
    fact = f"{entry.name}{f' ({done})' if done else ''}: {about}{f' ({details})' if details else ''}"
    texts = (str(lesson or ""), entry.name, about, entry.level, done, topics)
    return Row(tuple(map(cell, texts)), cell(fact))
