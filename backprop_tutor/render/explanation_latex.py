"""An explanation as a fragment of LaTeX: one `align*` a section, the rule at the right of each line.

Where lines are long, the formulas stand in boxes of text, in which TeX breaks them itself.
"""

from collections.abc import Iterator

from backprop_tutor.language import Style, display_width, latex_words, to_latex, to_text
from backprop_tutor.render.explanation_words import (
    TITLES,
    ShownLine,
    equations,
    note_text,
    rule_parts,
    shapes_text,
)
from backprop_tutor.render.path_lines import path_lines
from backprop_tutor.walkthrough.derivation import DerivationForm, Explanation, Line

__all__ = ["explanation_latex", "latex_relation"]


LINE = 58  # columns of an article, with the rule


def explanation_latex(explanation: Explanation, parts: tuple[str, ...], style: Style) -> Iterator[str]:
    r"""Lines for a document with `\usepackage{amsmath,amssymb}`."""
    yield r"% Needs \usepackage{amsmath,amssymb}."
    yield r"\allowdisplaybreaks"
    for part in parts:
        yield rf"\paragraph{{{_words(TITLES[part])}}}"
        if part == "paths":
            for paths in explanation.paths:
                lines = path_lines(paths, style, explanation.workings.precision)
                yield r"\begin{itemize}\raggedright"
                yield from (rf"\item {_breakable(line.strip())}" for line in lines)
                yield r"\end{itemize}"
        else:
            yield from _form(explanation.form(part), style)


def _form(form: DerivationForm, style: Style) -> Iterator[str]:
    for section in form.sections:
        rows = list(equations(section, style))
        line = _aligned if all(_width(row, style) <= LINE for row in rows) else _broken
        yield r"\begin{align*}"
        yield " \\\\\n".join(cells for row in rows for cells in line(row, style))
        yield r"\end{align*}"
    yield from (rf"\noindent {_words(note_text(note, style))}\par" for note in form.notes)


def _width(equation: ShownLine, style: Style) -> int:
    """Of a line in columns of text, which is about what it takes in print; fractions take less."""
    formula, shapes = display_width(to_text(equation.expr, style)), shapes_text(equation.line, style)
    left = "" if equation.left is None else to_text(equation.left, style)
    beside = max(display_width(equation.rule), display_width(shapes))  # they share a column
    return display_width(left) + formula + beside


def _aligned(equation: ShownLine, style: Style) -> Iterator[str]:
    left = "" if equation.left is None else to_latex(equation.left, style)
    right = f"{latex_relation(equation.line)} {to_latex(equation.expr, style)}"
    yield rf"{left} &{right} && \text{{{_rule(equation, style)}}}"
    if equation.line.shapes:
        yield rf"&\phantom{{{{}}={{}}}} && \text{{{_words(shapes_text(equation.line, style))}}}"


def _broken(equation: ShownLine, style: Style) -> Iterator[str]:
    """The formula in a box of text, with brackets that a line may be broken in, and the rule behind it."""
    left = "" if equation.left is None else to_latex(equation.left, style)
    formula = to_latex(equation.expr, style).replace(r"\left(", r"\bigl(").replace(r"\right)", r"\bigr)")
    words = [rf"$\displaystyle {formula}$", rf"\quad {_rule(equation, style)}"]
    if equation.line.shapes:
        words.append(rf"\quad({_words(shapes_text(equation.line, style))})")
    box = rf"\parbox[t]{{0.82\linewidth}}{{\raggedright {' '.join(words)}}}"
    yield rf"{left} &{latex_relation(equation.line)} {box}"


def _breakable(text: str) -> str:
    """Words with places to break a product at."""
    return _words(text).replace(r"{\cdot}", r"{\cdot}\allowbreak{}")


def _rule(equation: ShownLine, style: Style) -> str:
    words, quantity = rule_parts(equation.line)
    return f"{_words(words)} ${to_latex(quantity, style)}$" if quantity else _words(equation.rule)


def latex_relation(line: Line) -> str:
    return r"\approx" if line.about else "="


def _words(text: str) -> str:
    """Words, of which a fragment cannot know whether the document has signs for all: "?" for the others."""
    return "".join(c if c.isascii() else "?" for c in latex_words(text))
