"""`.tex`: lecture notes that compile as they are with pdflatex and lualatex."""

import re
import unicodedata
from collections.abc import Iterator

from backprop_tutor.language import Sym, clean, to_latex, to_text
from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides, equation, number, row_sides
from backprop_tutor.render.texts import PHASE_TITLES, at_a_glance, confirmed_by, has_matrix_form, shape_text
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked

__all__ = ["LatexExport", "escape_prose"]

WIDE = 120  # characters of an equation that still fits on one line
ROWS = 30  # of a table; more go into the next one, since one that is shrunk has to fit on a page
LEAST = 9  # lines that the page must have left for a step to begin on it
TOGETHER = 3  # rows under a head that no page break parts
APPROX = r"\approx"
BLANK = r"\underline{\hspace{2.5cm}}"

_PROSE = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "-": "{-}",
    **{character: f"\\{character}" for character in "#$%&_{}"},
}
_MATH = {
    "Σ": r"\Sigma",
    "Φ": r"\Phi",
    "Δ": r"\Delta",
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "η": r"\eta",
    "θ": r"\theta",
    "λ": r"\lambda",
    "μ": r"\mu",
    "π": r"\pi",
    "σ": r"\sigma",
    "φ": r"\varphi",
    "∂": r"\partial",
    "√": r"\surd",
    "·": r"\cdot",
    "×": r"\times",
    "⊙": r"\odot",
    "→": r"\to",
    "≈": r"\approx",
    "≠": r"\ne",
    "≤": r"\le",
    "≥": r"\ge",
    "−": "-",
    "²": "^{2}",
    "³": "^{3}",
    "ᵀ": r"^{\top}",
    "½": r"\tfrac{1}{2}",
    "…": r"\ldots",
    "∞": r"\infty",
}
_SIGNS = str.maketrans(_PROSE | {sign: rf"\ensuremath{{{command}}}" for sign, command in _MATH.items()})
_UNKNOWN = re.compile("[^\x00-\x7f\u00c0-\u017f\u2013\u2014\u2018\u2019\u2026\u201c\u201d\u00a0]")


def escape_prose(text: str) -> str:
    """`text` for paragraphs, every character that LaTeX reads as a command escaped."""
    return clean(text, keep_newlines=True).translate(_SIGNS)


class LatexExport:
    def text(self, document: Document) -> str:
        body = "\n".join(_lines(document))
        return f"{asset('preamble.tex')}\n\\begin{{document}}\n{_spelled(body)}\n\\end{{document}}\n"


def _spelled(body: str) -> str:
    """`body` with every character that pdfTeX may lack beside what to print in its place."""

    def other(found: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKD", found[0]).encode("ascii", "ignore").decode()
        spelled = plain if plain.isalnum() else f"[U+{ord(found[0]):04X}]"
        return f"\\other{{{found[0]}}}{{{spelled}}}"

    return _UNKNOWN.sub(other, body)


def _lines(document: Document) -> Iterator[str]:
    exercise, style = document.solution.exercise, document.style
    yield rf"\section*{{{escape_prose(exercise.title)}}}"
    yield f"{escape_prose(exercise.description)}\n"
    if document.blank:
        yield f"{escape_prose(exercise.rounding)}\n"
    yield rf"\begin{{center}}\small {escape_prose(at_a_glance(document.solution, style))}\end{{center}}"
    yield from _given(document)
    phase = ""
    for view in document.views:
        if view.step.phase != phase:
            phase = view.step.phase
            yield f"\n\\need{{{LEAST + 4}}}\\section*{{{PHASE_TITLES[phase]}}}"
        else:
            yield f"\n\\need{{{LEAST}}}"
        yield from _step(document, view)
    if not document.blank:
        yield "\n\\section*{Checks}"
        yield "\n\n".join(escape_prose(line) for line in [*document.notes, *document.checks.sentences()])


def _given(document: Document) -> Iterator[str]:
    rows = []
    for leaf in document.leaves:
        values = [rf"${to_latex(name, document.style)} = {_number(value)}$" for name, value in leaf.elements]
        more = f", and {leaf.left_out:,} more" if leaf.left_out else ""
        shape = escape_prose(shape_text(leaf.shape, document.style))
        name = to_latex(Sym(leaf.node.name), document.style)
        rows.append(f"${name}$ & {shape} & {', '.join(values)}{more}")
    yield from _table(["Given", "shape", "values"], rows, r"llp{0.68\linewidth}", fit=False)


def _number(text: str) -> str:
    return to_latex(number(text))


def _step(document: Document, view: StepView) -> Iterator[str]:
    step, style = view.step, document.style
    shape = escape_prose(shape_text(view.shape, style))
    rule = "" if document.blank else rf"\hfill\textit{{{escape_prose(view.rule)}}}"
    yield f"\n\\subsection*{{{view.number}.\\enspace ${_bold(to_latex(Sym(step.quantity), style))}$ \
\\normalfont\\small({shape}){rule}}}"
    if view.skipped:
        yield f"{view.skipped:,} steps are left out before this one.\n"
    if document.blank:
        rows = [f"{to_latex(row.name, style)} & = {BLANK}" for row in view.rows]
        yield from _table([], rows, "MM")
        return
    if view.explanation:
        yield f"{escape_prose(view.explanation)}\n"
    with_matrix = has_matrix_form(view) and document.form != "element"
    if with_matrix:
        yield from _array(document, view)
    if with_matrix and document.form == "matrix":
        rows = [" & ".join([_cells(document, row)[0], _cells(document, row)[-1]]) for row in view.rows]
        yield from _table(["quantity", "value"], rows, "MM")
    elif max((_width(document, row) for row in view.rows), default=0) > WIDE:
        rows = [line for row in view.rows for line in _stacked(_cells(document, row))]
        yield from _table([], rows, "MM")
    else:
        rows = [" & ".join(_cells(document, row)) for row in view.rows]
        yield from _table(["quantity", "in symbols", "in numbers", "value"], rows, "MMMM")
    if view.left_out:
        yield f"{view.left_out:,} more elements are left out.\n"
    yield from _derivation(document, view)
    if view.confirmation:
        yield rf"{{\small {escape_prose(confirmed_by(view))}}}"


def _bold(formula: str) -> str:
    return rf"\boldsymbol{{{formula}}}"


def _cells(document: Document, worked: Worked) -> list[str]:
    """The name, the formula in symbols and in numbers, and the value."""
    symbols, numbers, ends = row_sides(worked, document.precision, document.style)
    middle = ["" if s is None else f"= {to_latex(s, document.style)}" for s in (symbols, numbers)]
    value = " ".join(f"{APPROX if end.about else '='} {to_latex(end.expr)}" for end in ends)
    return [to_latex(worked.name, document.style), *middle, value]


def _width(document: Document, worked: Worked) -> int:
    """About how many characters an equation takes on one line."""
    return sum(map(len, equation(worked, document.precision, document.style)))


def _stacked(cells: list[str]) -> list[str]:
    """The rows of an equation with one side a line."""
    name, *sides = cells
    lines = [side for side in sides if side]
    return [f"{name if side is lines[0] else ''} & {side}" for side in lines]


def _array(document: Document, view: StepView) -> Iterator[str]:
    """The formula of the whole array, on one line if it fits."""
    sides = array_sides(view, document.style)
    name, *rest = (to_latex(side, document.style) for side in sides)
    if sum(len(to_text(side, document.style)) for side in sides) > WIDE:
        yield from _table([], _stacked([name, *(f"= {side}" for side in rest)]), "MM")
    else:
        yield rf"\fit{{$\displaystyle {' = '.join([name, *rest])}$}}"


def _table(head: list[str], rows: list[str], columns: str, *, fit: bool = True) -> Iterator[str]:
    """Tables of at most `ROWS` rows each, ruled as books do; no page ends with a head, nor begins with the
    last row of a long table."""
    titles = " & ".join(
        rf"\multicolumn{{1}}{{{'' if number else '@{}'}l}}{{{title}}}" for number, title in enumerate(head)
    )
    top = f"\\toprule\n{titles} \\\\*\n\\midrule\n" if head else ""
    end = r"\bottomrule" if head else ""
    for start in range(0, len(rows), ROWS):
        lines = [_airy(row) for row in rows[start : start + ROWS]]
        apart = " \\\\*\n" if head and len(lines) <= TOGETHER else " \\\\\n"
        last = f" \\\\*\n{lines.pop()}" if len(lines) > TOGETHER else ""
        body = f"{top}{apart.join(lines)}{last} \\\\\n{end}"
        if fit:
            yield f"\\fittable{{@{{}}{columns}@{{}}}}{{{body}\n}}"
        else:
            yield f"\n\\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n{body}\n\\end{{tabular}}\n"


def _airy(row: str) -> str:
    """A row with room above and below its fractions."""
    if r"\sum" in row:
        return row + r"\rule[-3.6ex]{0pt}{8.4ex}"
    return row + r"\rule[-2.6ex]{0pt}{6.4ex}" if r"\frac" in row or "{matrix}" in row else row


def _derivation(document: Document, view: StepView) -> Iterator[str]:
    lines = document.derivation(view.step)
    if not lines:
        return
    rows, left = [], ""
    for line in lines:
        shown = to_latex(line.left, document.style)
        begin = shown if shown != left else ""
        left = shown
        right = to_latex(line.expr, document.style)
        rows.append(rf"{begin} & = {right} & \rulename{{{escape_prose(line.rule)}}}")
    yield from _table([], rows, r"M@{\;}M@{\qquad}>{$}r<{$}")
