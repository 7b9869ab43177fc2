"""The report on a class as blocks: distribution, hardest steps, misconceptions, what could not be marked."""

from collections.abc import Iterator

from backprop_tutor.homework.statistics import BINS, ClassReport
from backprop_tutor.render.blocks import Block, Cell, Column, Heading, Prose, Row, Table, Words, cell
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.skills import skill_against
from backprop_tutor.walkthrough import Solution

__all__ = ["class_blocks", "students_text"]

MAX_EXAMPLE = 40  # characters of an answer
BAR = 24  # columns of the longest bar


def class_blocks(report: ClassReport, solution: Solution | None = None) -> Iterator[Block]:
    """The report; with the `solution` of the exercise, also what to practise against each slip."""
    missing = f", {report.missing} without a sheet" if report.missing else ""
    yield Heading((Words(f"{report.title} ({report.exercise})"),))
    counted = (
        f"{_many(report.sheets, 'sheet')}: {report.marked:,} marked, {report.not_marked:,} not{missing}."
    )
    if report.superseded:
        counted += f" {_many(report.superseded, 'sheet')} replaced by a later one, without counting."
    if report.left_out:
        counted += f" {_many(report.left_out, 'file')} beside a sheet without being one, and without a row."
    yield Prose((Words(counted),))
    if report.marked:
        yield Prose((Words(f"Mean score {report.mean:.4g} of {round(report.out_of, 2):g}."),))
        yield _scores(report)
        yield from _hardest(report)
        yield from _reteach(report, solution)
    if several := report.several():
        yield Prose((Words(f"More than one sheet, each with its own row: {several}."),))
    yield from _refused(report)


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'s' * (count != 1)}"


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


def students_text(certain: int, possible: int) -> str:
    """`12 students`, `12 students and possibly 3 more`, `possibly 3 students`."""
    many = f"{certain or possible:,} student{'s' * ((certain or possible) != 1)}"
    if not certain:
        return f"possibly {many}"
    return f"{many} and possibly {possible:,} more" if possible else many


def _reteach(report: ClassReport, solution: Solution | None) -> Iterator[Block]:
    found = report.misconceptions()
    if not found:
        return
    rows = []
    for slip in found:
        places = ", ".join(f"{step} ({count:,})" for step, count in slip.steps)
        given = " ".join(slip.example.given.split())
        example = f"e.g. {slip.example.element} = {given[:MAX_EXAMPLE]}{'…' * (len(given) > MAX_EXAMPLE)}"
        skill = skill_against(solution, slip.steps[0][0], slip.misconception) if solution else None
        practise = f"practise: backprop-tutor practice --skill {skill.id}" if skill else ""
        what: Cell = (
            *cell(Words(f"{title(slip.misconception)}.", "asked")),
            *cell(advice(slip.misconception)[0]),
            *cell(Words(example, "yours")),
            *(cell(Words(practise, "quiet")) if practise else ()),
        )
        said = (
            f"{title(slip.misconception)}: {students_text(slip.certain, slip.possible)}; {places}; {example}"
        )
        fact = "; ".join(filter(None, [said, advice(slip.misconception)[0].rstrip("."), practise]))
        counts = cell(f"{slip.certain:,}"), cell(f"{slip.possible:,}")
        rows.append(Row((what, *counts, cell(places)), cell(fact)))
    columns = (
        Column(cell("what happened, what is right"), least=30),
        Column(cell("students"), flush="right"),
        Column(cell("possibly more"), flush="right"),
        Column(cell("where most often"), "asked", least=16),
    )
    yield Table(columns, tuple(rows), title=(Words("What to teach again"),))


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
