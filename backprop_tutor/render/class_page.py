"""Pages on a class and on one student's sheet, which need nothing else: no script, font or network."""

from collections.abc import Iterable
from html import escape

from backprop_tutor.homework.own_files import PAGE_START
from backprop_tutor.homework.statistics import ClassReport
from backprop_tutor.render.blocks import Block
from backprop_tutor.render.painters.html import HtmlPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.class_report import class_blocks
from backprop_tutor.render.theme import css
from backprop_tutor.walkthrough import Solution

__all__ = ["blocks_page", "class_page"]

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
h1 { font-size: 1.5rem; } h3 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
[scope=col] { overflow-wrap: normal; } .line { display: block; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
.role-asked, .role-correct, .role-wrong { overflow-wrap: normal; }
.role-correct { white-space: nowrap; }
.role-bar { letter-spacing: -.05em; white-space: nowrap; }
@media (prefers-color-scheme: dark) {
  body { color: #e8e8e8; background: #16181b; } th, td { border-color: #444; }
}
"""


def class_page(report: ClassReport, solution: Solution | None = None) -> str:
    """The report on a class; every text in it is escaped."""
    return blocks_page(f"{report.title} ({report.exercise})", class_blocks(report, solution))


def blocks_page(title: str, blocks: Iterable[Block]) -> str:
    """Blocks as a whole page."""
    body = "\n".join(HtmlPainter(style_for("utf-8")).paint(blocks))
    return (
        f'{PAGE_START}<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{css()}\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )
