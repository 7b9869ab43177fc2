"""What exercises, solutions and explanations look like in the cells of a notebook."""

from html import escape

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import Call, Sym, clean, to_latex
from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides
from backprop_tutor.render.html_steps import Steps, math
from backprop_tutor.render.latex import escape_prose
from backprop_tutor.render.style import style_for
from backprop_tutor.render.svg import Picture
from backprop_tutor.walkthrough import Solution, solve
from backprop_tutor.walkthrough.derivation.explanation import Explanation

__all__ = ["cell_html", "cell_latex"]

MAX_SHOWN = 40  # steps in a cell


def cell_html(thing: object) -> str:
    """An exercise with its picture; a solution with its steps as well; an explanation line by line."""
    match thing:
        case Exercise():
            return _exercise(solve(thing), known=False)
        case Solution():
            return _exercise(thing, known=True) + _steps(thing)
        case Explanation():
            rows = (
                f"<tr><td>{math(Call('eq', (line.left, line.expr)), style_for())}</td>"
                f"<td><em>{escape(line.rule)}</em></td></tr>"
                for section in thing.index.sections
                for line in section.lines
            )
            return f"<table>{''.join(rows)}</table>"
        case _:
            raise TypeError(f"nothing is known about showing {thing!r}")


def cell_latex(thing: object) -> str:
    """Formulas below one another: an exercise's forward pass, a solution's steps, a derivation's lines."""
    style = style_for()
    if isinstance(thing, Explanation):
        rows = [
            f"{to_latex(line.left, style)} &= {to_latex(line.expr, style)}"
            rf" && \text{{{escape_prose(line.rule)}}}"
            for section in thing.index.sections
            for line in section.lines
        ]
    elif isinstance(thing, Exercise):
        rows = [
            f"{to_latex(Sym(step.quantity), style)} &= {to_latex(step.form, style)}"
            for step in solve(thing).steps.values()
            if step.phase in ("forward", "loss") and step.form is not None
        ]
    elif isinstance(thing, Solution):
        sides = (array_sides(view, style) for view in Document(thing).views[:MAX_SHOWN])
        formulas = ([to_latex(side, style) for side in found] for found in sides if found)
        rows = [f"{name} &= {' = '.join(rest)}" for name, *rest in formulas]
    else:
        raise TypeError(f"nothing is known about showing {thing!r}")
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def _exercise(solution: Solution, *, known: bool) -> str:
    exercise = solution.exercise
    steps = list(solution.steps.values()) if known else []
    picture = Picture(solution, steps, style_for()).draw(style=asset("picture.css"))
    about = escape(clean(exercise.description))
    return f"<h3>{escape(exercise.title)}</h3><p>{about}</p>{picture}"


def _steps(solution: Solution) -> str:
    document = Document(solution)
    steps = Steps(document)
    shown = "".join(steps.article(view, n) for n, view in enumerate(document.views[:MAX_SHOWN], 1))
    left = len(document.views) - MAX_SHOWN
    return shown + (f"<p>{left} more steps.</p>" if left > 0 else "")
