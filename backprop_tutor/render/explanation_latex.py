"""An explanation as a fragment of LaTeX: one `align*` a section, the rule at the right of each line."""

from collections.abc import Iterator

from backprop_tutor.language import Style, clean, to_latex
from backprop_tutor.language.alphabet import GREEK
from backprop_tutor.render.explanation import (
    TITLES,
    Equation,
    equations,
    note_text,
    rule_parts,
    shapes_text,
)
from backprop_tutor.render.paths import path_lines
from backprop_tutor.walkthrough.derivation import Explanation, Form, Line, Section

__all__ = ["explanation_latex", "latex_relation", "latex_words"]


def explanation_latex(explanation: Explanation, parts: tuple[str, ...], style: Style) -> Iterator[str]:
    r"""Lines for a document with `\usepackage{amsmath,amssymb}`."""
    yield r"% Needs \usepackage{amsmath,amssymb}."
    for part in parts:
        yield rf"\paragraph{{{latex_words(TITLES[part])}}}"
        if part == "paths":
            for paths in explanation.paths:
                lines = path_lines(paths, style, explanation.workings.precision)
                yield r"\begin{itemize}"
                yield from (rf"\item {latex_words(line.strip())}" for line in lines)
                yield r"\end{itemize}"
        else:
            yield from _form(explanation.form(part), style)


def _form(form: Form, style: Style) -> Iterator[str]:
    for section in form.sections:
        yield r"\begin{align*}"
        yield " \\\\\n".join(_lines(section, style))
        yield r"\end{align*}"
    yield from (rf"\noindent {latex_words(note_text(note, style))}\par" for note in form.notes)


def _lines(section: Section, style: Style) -> Iterator[str]:
    for equation in equations(section, style):
        left = "" if equation.left is None else to_latex(equation.left, style)
        right = f"{latex_relation(equation.line)} {to_latex(equation.expr, style)}"
        yield rf"{left} &{right} && \text{{{_rule(equation, style)}}}"
        if equation.line.shapes:
            yield rf"&\phantom{{{{}}={{}}}} && \text{{{latex_words(shapes_text(equation.line, style))}}}"


def _rule(equation: Equation, style: Style) -> str:
    words, quantity = rule_parts(equation.line)
    return f"{latex_words(words)} ${to_latex(quantity, style)}$" if quantity else latex_words(equation.rule)


def latex_relation(line: Line) -> str:
    return r"\approx" if line.about else "="


_SIGNS = {
    **{character: f"\\{character}" for character in "#$%&_{}"},
    **{letter: f"$\\{name}$" for letter, name in GREEK.items()},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "⊙": r"$\odot$",
    "∂": r"$\partial$",
    "ᵀ": r"$^\top$",
    "→": r"$\to$",
    "≈": r"$\approx$",
    "≥": r"$\ge$",
    "…": r"\dots{}",
    "²": r"$^2$",
    "√": r"$\surd$",
    "'": "'",
}
_WORDS = str.maketrans(_SIGNS)


def latex_words(text: str) -> str:
    """`text` for LaTeX outside math mode; what it has no sign for becomes a question mark."""
    return "".join(c if c.isascii() else "?" for c in clean(text).translate(_WORDS))
