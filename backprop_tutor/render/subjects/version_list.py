"""The versions of an exercise, as blocks."""

from collections.abc import Iterator, Mapping, Sequence

from backprop_tutor.render.blocks import Block, Column, Prose, Row, Table, Words, cell

__all__ = ["versions_blocks"]

COLUMNS = {"student": "student", "variant": "version", "effort": "effort", "proved": "gradients proved"}


def versions_blocks(
    name: str, entries: Sequence[Mapping[str, object]], effort: tuple[int, int], coincidences: int
) -> Iterator[Block]:
    """A row a version, then what `effort` measures; `coincidences` are the most of any version."""
    keys = [key for key in (*COLUMNS, "file") if any(key in entry for entry in entries)]
    columns = tuple(Column(cell(COLUMNS.get(key, key)), "asked" if key == "student" else "") for key in keys)
    yield Table(columns, tuple(_row(entry, keys) for entry in entries))
    low, high = effort
    count = f"{len(entries)} versions of {name}, all different, effort from {low} to {high}"
    yield Prose((Words(f"{count} (effort: terms that are not zero, and the digits to write them)."),))
    if coincidences:
        said = f"At most {coincidences} pairs of misconceptions coincide in a version; hardly any has fewer."
        yield Prose((Words(said),))


def _row(entry: Mapping[str, object], keys: Sequence[str]) -> Row:
    proved = f"  {entry['proved']} gradients proved" if "proved" in entry else ""
    file = f"  {entry['file']}" if "file" in entry else ""
    fact = f"{entry['student']}  {entry['variant']}  effort {entry['effort']}{proved}{file}"
    return Row(tuple(cell(str(entry.get(key, ""))) for key in keys), cell(fact))
