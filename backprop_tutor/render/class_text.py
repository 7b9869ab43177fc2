"""The report on a class as lines of text."""

import textwrap
from collections.abc import Iterator

from backprop_tutor.homework.statistics import BINS, ClassReport
from backprop_tutor.tutor.advice import advice

__all__ = ["class_lines", "sheets_text"]

BAR = 40
WIDTH = 74


def class_lines(report: ClassReport) -> Iterator[str]:
    """Distribution, hardest steps, misconceptions, and what could not be marked."""
    yield f"{report.title} ({report.exercise})"
    missing = f", {report.missing} without a sheet" if report.missing else ""
    yield f"{report.sheets:,} sheets: {report.marked:,} marked, {report.not_marked:,} not{missing}."
    if report.marked:
        yield f"Mean score {report.mean:.4g} of {round(report.out_of, 2):g}."
        yield ""
        yield "Scores (share of the marks):"
        yield from _histogram(report)
        yield from _hardest(report)
        yield from _misconceptions(report)
    if several := report.several():
        yield ""
        yield f"More than one sheet, each with its own row: {several}."
    if report.refused:
        yield ""
        yield "Not marked:"
        yield from (f"  {sheet}: {reason}" for sheet, reason in report.refused)
        more = report.not_marked - len(report.refused)
        if more:
            yield f"  and {more:,} more; grades.csv has them all."


def _histogram(report: ClassReport) -> Iterator[str]:
    most = max(report.bins)
    for number, count in enumerate(report.bins):
        low, high = number * 100 // BINS, (number + 1) * 100 // BINS
        bar = "#" * max(round(BAR * count / most), 1 if count else 0)
        yield f"  {low:3}-{high:3} %  {bar} {count:,}".rstrip()


def _hardest(report: ClassReport) -> Iterator[str]:
    hardest = report.hardest()
    if hardest:
        yield ""
        yield "Hardest steps (share of the sheets that had them right):"
        width = max(len(name) for name, _ in hardest)
        yield from (f"  {name:{width}}  {share:4.0%}" for name, share in hardest)


def sheets_text(certain: int, possible: int) -> str:
    """`12`, `12 and possibly 3 more`, `possibly 3`: how many sheets had a misconception."""
    if not possible:
        return f"{certain:,}"
    return f"{certain:,} and possibly {possible:,} more" if certain else f"possibly {possible:,}"


def _misconceptions(report: ClassReport) -> Iterator[str]:
    found = report.misconceptions()
    if found:
        yield ""
        yield "Misconceptions (sheets; where most often):"
        width = max(len(name) for name, *_ in found)
        for name, certain, possible, steps in found:
            places = ", ".join(f"{step} ({count:,})" for step, count in steps)
            yield f"  {name:{width}}  {sheets_text(certain, possible)}; {places}"
            yield from (f"      {line}" for line in textwrap.wrap(advice(name)[0], WIDTH))
