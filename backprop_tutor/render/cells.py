"""What exercises, solutions and explanations look like in the cells of a notebook."""

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import Sym, latex_words, to_latex
from backprop_tutor.render.assets import asset
from backprop_tutor.render.confirmations import Checks
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides
from backprop_tutor.render.painters.html import HtmlPainter
from backprop_tutor.render.pictures.svg import SvgPicture
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.solution import derivation_table
from backprop_tutor.render.theme import COLOURS, css
from backprop_tutor.walkthrough import Solution, Workings, lettering_of, solve
from backprop_tutor.walkthrough.derivation.explanation import Explanation

__all__ = ["cell_html", "cell_latex"]

MAX_SHOWN = 40  # steps in a cell


def cell_html(thing: object) -> str:
    """An exercise with its picture; a solution with the table of each step as well; an explanation line by
    line."""
    match thing:
        case Exercise():
            return _exercise(Document(solve(thing), lettering=lettering_of(thing)), known=False)
        case Solution():
            document = Document(thing, lettering=lettering_of(thing.exercise))
            return _exercise(document, known=True) + _steps(document)
        case Explanation():
            style = style_for(notation=thing.lettering)
            lines = [line for section in thing.index.sections for line in section.lines]
            return _styled("".join(HtmlPainter(style).paint([derivation_table(lines, style)])))
        case _:
            raise TypeError(f"nothing is known about showing {thing!r}")


def cell_latex(thing: object) -> str:
    """Formulas below one another: an exercise's forward pass, a solution's steps, a derivation's lines."""
    if isinstance(thing, Explanation):
        style = style_for(notation=thing.lettering)
        rows = [
            f"{to_latex(line.left, style)} &= {to_latex(line.expr, style)}"
            rf" && \text{{{latex_words(line.rule)}}}"
            for section in thing.index.sections
            for line in section.lines
        ]
    elif isinstance(thing, Exercise):
        workings = Workings(solve(thing), lettering=lettering_of(thing))
        style = style_for(notation=workings.lettering)
        rows = [
            f"{to_latex(Sym(step.quantity), style)} &= {to_latex(form, style)}"
            for step in workings.solution.steps.values()
            if step.phase in ("forward", "loss") and (form := workings.form(step)) is not None
        ]
    elif isinstance(thing, Solution):
        document = Document(thing, lettering=lettering_of(thing.exercise))
        sides = (array_sides(view, document.style) for view in document.views[:MAX_SHOWN])
        formulas = ([to_latex(side, document.style) for side in found] for found in sides if found)
        rows = [f"{name} &= {' = '.join(rest)}" for name, *rest in formulas]
    else:
        raise TypeError(f"nothing is known about showing {thing!r}")
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def _exercise(document: Document, *, known: bool) -> str:
    steps = list(document.solution.steps.values()) if known else []
    picture = SvgPicture(document.solution, steps, document.style).draw(style=asset("picture.css"))
    painter = HtmlPainter(document.style)
    about = "".join(painter.paint(document.makes.heading())).replace("h1>", "h3>")
    return _styled(about + picture)


def _steps(document: Document) -> str:
    shown, left = document.views[:MAX_SHOWN], len(document.views) - MAX_SHOWN
    blocks = [*document.makes.given(document.leaves), *document.makes.steps(shown, Checks())]
    numbers = [step.quantity for step in document.steps]
    steps = "".join(HtmlPainter(document.style, numbers=numbers).paint(blocks))
    return _styled(steps + (f"<p>{left} more steps.</p>" if left > 0 else ""))


def _styled(body: str) -> str:
    """`body` with the layout of its tables, and colours for paper that nobody knows to be light or dark."""
    return (
        f'<div class="backprop-tutor"><style>{css(COLOURS, COLOURS)}\n{asset("cell.css")}</style>{body}</div>'
    )
