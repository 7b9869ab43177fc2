"""The report on a class as one page of HTML that needs nothing else: no script, no font, no network."""

from collections.abc import Iterable, Iterator
from html import escape

from backprop_tutor.homework.own_files import PAGE_START
from backprop_tutor.homework.statistics import BINS, ClassReport
from backprop_tutor.render.subjects.class_report import sheets_text
from backprop_tutor.tutor.advice import advice

__all__ = ["class_page"]

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { background: #0b5cad; height: .9rem; border-radius: 2px; }
@media (prefers-color-scheme: dark) {
  body { color: #e8e8e8; background: #16181b; } th, td { border-color: #444; } .bar { background: #6db3f2; } }
"""


def class_page(report: ClassReport) -> str:
    """The whole page; every text in it is escaped."""
    return "\n".join(_page(report)) + "\n"


def _page(report: ClassReport) -> Iterator[str]:
    title = escape(f"{report.title} ({report.exercise})")
    yield f'{PAGE_START}<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
    missing = f", {report.missing} without a sheet" if report.missing else ""
    yield f"<p>{report.sheets:,} sheets: {report.marked:,} marked, {report.not_marked:,} not{missing}."
    if report.marked:
        yield f"Mean score {report.mean:.4g} of {round(report.out_of, 2):g}.</p>\n<h2>Scores</h2>"
        yield from _table(("share of the marks", "sheets", ""), _bins(report))
        hardest = [(escape(name), f"{share:.0%}", _bar(share)) for name, share in report.hardest(10)]
        yield "<h2>Hardest steps</h2>"
        yield from _table(("step", "right", ""), hardest)
        yield "<h2>Misconceptions</h2>"
        yield from _table(("misconception", "sheets", "where most often"), _misconceptions(report))
    else:
        yield "</p>"
    if several := report.several():
        yield f"<p>More than one sheet, each with its own row: {escape(several)}.</p>"
    if report.refused:
        yield "<h2>Not marked</h2>"
        rows = [(escape(sheet), "", escape(reason)) for sheet, reason in report.refused]
        yield from _table(("sheet", "", "why"), rows)
        more = report.not_marked - len(report.refused)
        yield f"<p>and {more:,} more; grades.csv has them all.</p>" if more else ""
    yield "</main>\n</body>\n</html>"


def _bins(report: ClassReport) -> Iterator[tuple[str, str, str]]:
    most = max(report.bins)
    for number, count in enumerate(report.bins):
        low, high = number * 100 // BINS, (number + 1) * 100 // BINS
        yield f"{low}–{high} %", f"{count:,}", _bar(count / most)


def _misconceptions(report: ClassReport) -> Iterator[tuple[str, str, str]]:
    for name, certain, possible, steps in report.misconceptions():
        places = ", ".join(f"{step} ({count:,})" for step, count in steps)
        sheets = sheets_text(certain, possible)
        yield f"{escape(name)}<br>{escape(advice(name)[0])}", sheets, escape(places)


def _bar(share: float) -> str:
    return f'<div class="bar" style="width: {100 * share:.1f}%"></div>'


def _table(head: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield f'<table>\n<tr><th>{head[0]}</th><th class="n">{head[1]}</th><th>{head[2]}</th></tr>'
    for first, number, last in rows:
        yield f'<tr><td>{first}</td><td class="n">{number}</td><td style="width: 50%">{last}</td></tr>'
    yield "</table>"
