"""The exercises there are, as blocks."""

from collections.abc import Iterator, Mapping, Sequence

from backprop_tutor.exercise.catalogue import CatalogueEntry
from backprop_tutor.render.blocks import Block, Column, Heading, Prose, Row, Table, Words, cell

__all__ = ["catalogue_blocks"]


def catalogue_blocks(entries: Sequence[CatalogueEntry], marks: Mapping[str, str]) -> Iterator[Block]:
    """The shipped exercises, those in this folder, and what to do with one; `marks` say how far each is."""
    for shipped, heading in ((True, "Shipped exercises"), (False, "In this folder")):
        group = [entry for entry in entries if entry.shipped == shipped]
        if group:
            yield Heading((Words(heading),), level=2)
            yield _table(group, marks)
    yield Prose((Words("Work through one with: backprop-tutor run NAME"),))


def _table(entries: Sequence[CatalogueEntry], marks: Mapping[str, str]) -> Table:
    columns = [
        Column(cell("name"), "asked"),
        Column(cell("what it is"), least=24),
        Column(cell("level"), "quiet"),
    ]
    with_marks = any(entry.name in marks for entry in entries)
    columns += [Column(cell("done"), "correct")] if with_marks else []
    columns.append(Column(cell("topics"), "quiet", spare=True, least=40))
    return Table(tuple(columns), tuple(_row(entry, marks, with_marks=with_marks) for entry in entries))


def _row(entry: CatalogueEntry, marks: Mapping[str, str], *, with_marks: bool) -> Row:
    about = f"cannot be read: {entry.fault.what}" if entry.fault else entry.title
    done, topics = marks.get(entry.name, ""), ", ".join(entry.topics)
    details = ", ".join(filter(None, [entry.level, topics]))
    fact = f"{entry.name}{f' ({done})' if done else ''}: {about}{f' ({details})' if details else ''}"
    cells = [cell(entry.name), cell(about), cell(entry.level)]
    cells += [cell(done)] if with_marks else []
    return Row((*cells, cell(topics)), cell(fact))
