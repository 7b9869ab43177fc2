"""`x.tex --to slides`: a beamer presentation with a frame a step, its drawing above its table."""

from collections.abc import Iterable, Iterator

from backprop_tutor.language import Sym, latex_words, to_latex
from backprop_tutor.render.assets import asset
from backprop_tutor.render.blocks import Heading, Row, Table
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_slides import MAX_DRAWN, refuse_blank
from backprop_tutor.render.latex_document import latex_text
from backprop_tutor.render.painters.latex import LatexPainter
from backprop_tutor.render.pictures.tikz import TikzPicture
from backprop_tutor.render.theme import latex
from backprop_tutor.render.view import StepView

__all__ = ["BeamerSlides"]

ROOM, LINES_OF_FORMULA = 9, 4  # lines of a table that stand under a drawing, and of a formula above it


class BeamerSlides:
    """Compiles with pdflatex and lualatex. Raises UsageError for blank slides."""

    def text(self, document: Document) -> str:
        refuse_blank(document)
        body = latex_text("\n".join(_frames(document)))
        return f"{asset('beamer.tex')}\n{latex()}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


def _frames(document: Document) -> Iterator[str]:
    painter = LatexPainter(document.style)
    title = latex_words(document.solution.exercise.title)
    words = (block for block in document.task.heading() if not isinstance(block, Heading))
    yield _frame(title, *painter.paint(words))
    yield _frame("Given", *painter.paint(document.task.statement()), shrink=True)
    steps = document.steps
    picture = TikzPicture(document.solution, steps, document.style) if len(steps) <= MAX_DRAWN else None
    for view in document.views:
        number = steps.index(view.step) + 1
        drawn = [] if picture is None else [rf"\drawn{{{picture.draw(number)}}}"]
        for place, worked in enumerate(_step(document, painter, view)):
            above = drawn if place == 0 else []
            yield _frame(_title(document, view), *above, r"\begin{fitted}", *worked, r"\end{fitted}")


def _title(document: Document, view: StepView) -> str:
    name = to_latex(Sym(view.step.quantity), document.style, slashed=True)
    return rf"{view.number}/{view.of}\enspace${name}$\enspace{{\normalsize {latex_words(view.rule)}}}"


def _step(document: Document, painter: LatexPainter, view: StepView) -> Iterator[list[str]]:
    """What stands on the frames of a step: the formula of whole arrays, the table and the reason. A table
    that would be too small to read goes on on further frames, which have no drawing and more room."""
    step = document.makes.step(view)
    formula = [] if step.formula is None else list(painter.paint([step.formula]))
    parts = list(_parts(step.table, ROOM - LINES_OF_FORMULA * bool(formula)))
    why = [rf"{{\footnotesize {latex_words(step.why)}\par}}"] if step.why else []
    for number, table in enumerate(parts, 1):
        ends = why if number == len(parts) else []
        yield [*(formula if number == 1 else []), *painter.paint([table]), *ends]


def _parts(table: Table, room: int) -> Iterator[Table]:
    """The table in pieces that are so many lines high, cut where a new group of rows begins."""
    groups: list[list[Row]] = []
    for row in table.rows:
        if row.starts or not groups:
            groups.append([])
        groups[-1].append(row)
    kept: list[Row] = []
    for group in groups:
        if kept and _height(kept) + _height(group) > room:
            yield table._replace(rows=tuple(kept), foot=None)
            kept, room = [], 2 * ROOM
        kept += group
    yield table._replace(rows=tuple(kept))


def _height(rows: Iterable[Row]) -> int:
    return sum(max(map(len, row.cells), default=1) for row in rows)


def _frame(title: str, *lines: str, shrink: bool = False) -> str:
    kind = "[t,shrink]" if shrink else "[t]"
    return "\n".join([rf"\begin{{frame}}{kind}{{{title}}}", *lines, r"\end{frame}"])
