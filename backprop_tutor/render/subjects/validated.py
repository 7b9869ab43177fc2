"""What `validate` says of an exercise that is valid: what it holds, and what teaches badly in it."""

from collections.abc import Iterator, Sequence

from backprop_tutor.render.blocks import Block, Column, Heading, Row, Table, Words, cell

__all__ = ["contents_blocks"]


def contents_blocks(file: str, contents: Sequence[str], warnings: Sequence[str]) -> Iterator[Block]:
    """`contents` are lines such as `loss: J = …`."""
    yield Heading((Words(f"{file}: valid."),))
    rows = [_row(line.partition(": ")) for line in contents]
    rows += [_row(("warning", ": ", warning), "note") for warning in warnings]
    yield Table((Column((), "quiet", least=16), Column((), least=24)), tuple(rows))


def _row(line: tuple[str, str, str], role: str = "") -> Row:
    what, _, says = line
    return Row((cell(what), cell(says)), cell(f"  {what}: {says}"), role)
