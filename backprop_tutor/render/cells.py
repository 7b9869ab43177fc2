"""What exercises, solutions and explanations look like in the cells of a notebook."""

from html import escape

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import Sym, clean, to_latex
from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides
from backprop_tutor.render.html_steps import Steps, math
from backprop_tutor.render.latex import escape_prose
from backprop_tutor.render.style import style_for
from backprop_tutor.render.svg import Picture
from backprop_tutor.walkthrough import Solution, Workings, lettering_of, solve
from backprop_tutor.walkthrough.derivation.explanation import Explanation

__all__ = ["cell_html", "cell_latex"]

MAX_SHOWN = 40  # steps in a cell


def cell_html(thing: object) -> str:
    """An exercise with its picture; a solution with its steps as well; an explanation line by line."""
    match thing:
        case Exercise():
            return _exercise(Document(solve(thing), lettering=lettering_of(thing)), known=False)
        case Solution():
            document = Document(thing, lettering=lettering_of(thing.exercise))
            return _exercise(document, known=True) + _steps(document)
        case Explanation():
            style = style_for(notation=thing.lettering)
            rows = (
                f"<tr><td>{math(line.equation, style)}</td><td><em>{escape(line.rule)}</em></td></tr>"
                for section in thing.index.sections
                for line in section.lines
            )
            return f"<table>{''.join(rows)}</table>"
        case _:
            raise TypeError(f"nothing is known about showing {thing!r}")


def cell_latex(thing: object) -> str:
    """Formulas below one another: an exercise's forward pass, a solution's steps, a derivation's lines."""
    if isinstance(thing, Explanation):
        style = style_for(notation=thing.lettering)
        rows = [
            f"{to_latex(line.left, style)} &= {to_latex(line.expr, style)}"
            rf" && \text{{{escape_prose(line.rule)}}}"
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
    exercise = document.solution.exercise
    steps = list(document.solution.steps.values()) if known else []
    picture = Picture(document.solution, steps, document.style).draw(style=asset("picture.css"))
    about = escape(clean(exercise.description))
    return f"<h3>{escape(exercise.title)}</h3><p>{about}</p>{picture}"


def _steps(document: Document) -> str:
    steps = Steps(document)
    shown = "".join(steps.article(view, n) for n, view in enumerate(document.views[:MAX_SHOWN], 1))
    left = len(document.views) - MAX_SHOWN
    return shown + (f"<p>{left} more steps.</p>" if left > 0 else "")
