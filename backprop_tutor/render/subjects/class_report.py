"""The report on a class as blocks: distribution, hardest steps, misconceptions, what could not be marked."""

from collections.abc import Iterator

from backprop_tutor.homework.statistics import BINS, ClassReport
from backprop_tutor.render.blocks import Block, Cell, Column, Heading, Prose, Row, Table, Words, cell
from backprop_tutor.tutor.advice import advice

__all__ = ["class_blocks", "sheets_text"]

BAR = 24  # columns of the longest bar


def class_blocks(report: ClassReport) -> Iterator[Block]:
    missing = f", {report.missing} without a sheet" if report.missing else ""
    yield Heading((Words(f"{report.title} ({report.exercise})"),))
    counted = f"{report.sheets:,} sheets: {report.marked:,} marked, {report.not_marked:,} not{missing}."
    if report.superseded:
        counted += f" {report.superseded:,} earlier ones were replaced by later ones and do not count."
    if report.left_out:
        counted += f" {report.left_out:,} files beside a sheet are none, and have no row."
    yield Prose((Words(counted),))
    if report.marked:
        yield Prose((Words(f"Mean score {report.mean:.4g} of {round(report.out_of, 2):g}."),))
        yield _scores(report)
        yield from _hardest(report)
        yield from _misconceptions(report)
    if several := report.several():
        yield Prose((Words(f"More than one sheet, each with its own row: {several}."),))
    yield from _refused(report)


def _scores(report: ClassReport) -> Table:
    most = max(report.bins)
    rows = []
    for number, count in enumerate(report.bins):
        low, high = number * 100 // BINS, (number + 1) * 100 // BINS
        bar = "█" * max(round(BAR * count / most), 1 if count else 0)
        share = f"{low} to {high} %"
        rows.append(
            Row((cell(share), cell(Words(bar, "bar")), cell(f"{count:,}")), cell(f"{share}: {count:,}"))
        )
    columns = (Column(cell("score"), least=11), Column(()), Column(cell("sheets"), flush="right"))
    return Table(columns, tuple(rows), title=(Words("Scores"),), borders=False)


def _hardest(report: ClassReport) -> Iterator[Table]:
    hardest = report.hardest()
    if hardest:
        rows = (
            Row((cell(name), cell(f"{share:.0%}")), cell(f"{name}: {share:.0%}")) for name, share in hardest
        )
        columns = Column(cell("step"), "asked"), Column(cell("sheets that had it right"), flush="right")
        yield Table(columns, tuple(rows), title=(Words("Hardest steps"),))


def sheets_text(certain: int, possible: int) -> str:
    """`12`, `12 and possibly 3 more`, `possibly 3`: how many sheets had a misconception."""
    if not possible:
        return f"{certain:,}"
    return f"{certain:,} and possibly {possible:,} more" if certain else f"possibly {possible:,}"


def _misconceptions(report: ClassReport) -> Iterator[Table]:
    found = report.misconceptions()
    if not found:
        return
    rows = []
    for name, certain, possible, steps in found:
        places = ", ".join(f"{step} ({count:,})" for step, count in steps)
        what: Cell = (*cell(advice(name)[0]), *cell(Words(name, "quiet")))
        fact = f"{name}: {sheets_text(certain, possible)}; {places}; {advice(name)[0]}"
        counts = cell(f"{certain:,}"), cell(f"{possible:,}")
        rows.append(Row((what, *counts, cell(places)), cell(fact)))
    columns = (
        Column(cell("what happened"), least=30),
        Column(cell("sheets"), flush="right"),
        Column(cell("possibly more"), flush="right"),
        Column(cell("where most often"), "asked", least=20),
    )
    yield Table(columns, tuple(rows), title=(Words("Misconceptions"),))


def _refused(report: ClassReport) -> Iterator[Block]:
    if report.refused:
        rows = (
            Row((cell(sheet), cell(reason)), cell(f"{sheet}: {reason}")) for sheet, reason in report.refused
        )
        columns = Column(cell("sheet"), least=20), Column(cell("reason"), least=30)
        yield Table(columns, tuple(rows), title=(Words("Not marked"),))
        more = report.not_marked - len(report.refused)
        if more:
            yield Prose((Words(f"And {more:,} more; grades.csv has them all."),))
