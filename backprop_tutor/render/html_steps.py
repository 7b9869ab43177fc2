"""One step of a page: its formulas as MathML in a table, or inputs for the answers."""

from html import escape

from backprop_tutor.language import Expr, Style, Sym, to_mathml, to_text
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides, row_sides
from backprop_tutor.render.selftest import fingerprints, salt_of
from backprop_tutor.render.texts import PHASE_TITLES, confirmed_by, has_matrix_form, shape_text, typed_text
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked
from backprop_tutor.walkthrough.derivation.lines import Line

__all__ = ["Steps", "element", "math"]


def element(tag: str, body: str, cls: str = "") -> str:
    """An HTML element; `body` is HTML."""
    kind = f' class="{cls}"' if cls else ""
    return f"<{tag}{kind}>{body}</{tag}>"


class Steps:
    """Writes the articles of one document."""

    def __init__(self, document: Document) -> None:
        self.document, self.style = document, document.style
        exercise = document.solution.exercise
        self.salt = salt_of(exercise.name, exercise.title)
        self.precision = exercise.precision

    def article(self, view: StepView, number: int) -> str:
        step = view.step
        blank = self.document.blank
        shape = shape_text(view.shape, self.style)
        place = f"{PHASE_TITLES[step.phase]}, {view.number} of {view.of}"
        parts = [
            f'<article class="panel step" id="step-{number}" data-step="{number}" '
            f'aria-labelledby="title-{number}">',
            f'<h3 id="title-{number}">{self._math(Sym(step.quantity))} '
            f'<span class="shape">{shape}</span> <span class="place">{place}</span></h3>',
            "" if blank else element("p", escape(view.rule), "rule"),
            element("p", f"{view.skipped:,} steps are left out before this one.") if view.skipped else "",
            self._questions(view) if blank else self._worked(view),
            element("p", f"{view.left_out:,} more elements are left out.") if view.left_out else "",
            self._why(view),
            "</article>",
        ]
        return "\n".join(part for part in parts if part)

    def _math(self, expr: Expr) -> str:
        return math(expr, self.style)

    def _worked(self, view: StepView) -> str:
        with_matrix = has_matrix_form(view) and self.document.form != "element"
        only_values = with_matrix and self.document.form == "matrix"
        array = self._array(array_sides(view, self.style)) if with_matrix else ""
        return array + self._table(view, only_values)

    def _array(self, sides: list[Expr]) -> str:
        if not sides:
            return ""
        name, *others = map(self._math, sides)
        return element("p", name + "".join(f" <span>= {side}</span>" for side in others), "matrix")

    def _table(self, view: StepView, only_values: bool) -> str:
        rows = "".join(self._row(row, only_values) for row in view.rows)
        names = ("Quantity", "Value") if only_values else ("Quantity", "In symbols", "In numbers", "Value")
        head = "".join(f'<th scope="col">{name}</th>' for name in names)
        about = escape(f"{typed_text(view.step.quantity, self.style)} worked out")
        return (
            f'<div class="scroll" role="region" tabindex="0" aria-label="{about}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _row(self, row: Worked, only_values: bool) -> str:
        symbols, numbers, ends = row_sides(row, self.document.precision, self.style)
        said = element("span", escape(to_text(row.name, self.style)), "said")
        name = self._math(row.name).replace("<math", '<math aria-hidden="true"', 1)
        sides = () if only_values else (symbols, numbers)
        middle = ["" if side is None else f"= {self._math(side)}" for side in sides]
        value = " ".join(f"{'≈' if end.about else '='} {self._math(end.expr)}" for end in ends)
        cells = "".join(element("td", side) for side in middle)
        return f'<tr><th scope="row">{said}{name}</th>{cells}<td class="result">{value}</td></tr>'

    def _questions(self, view: StepView) -> str:
        return element("ul", "".join(self._question(row) for row in view.rows), "questions")

    def _question(self, row: Worked) -> str:
        name = to_text(row.name, self.style)
        exact = "" if row.exact is None else " data-exact"
        right = " ".join(fingerprints(self.salt, name, row.value, row.exact, self.precision))
        return (
            f"<li><label>{self._math(row.name)} = "
            f'<input type="text" autocomplete="off" spellcheck="false" aria-label="{escape(name)}" '
            f'data-name="{escape(name)}" data-salt="{self.salt}" data-right="{right}"{exact}></label> '
            '<span class="verdict" role="status"></span></li>'
        )

    def _why(self, view: StepView) -> str:
        if self.document.blank:
            hint = element("p", f"{escape(view.rule)}. {escape(view.explanation)}")
            shown = self._array(array_sides(view, self.style)[:2])
            return f"<details><summary>Hint</summary>{hint}{shown}</details>"
        parts = [element("p", escape(view.explanation))] if view.explanation else []
        lines = "".join(map(self._line, self.document.derivation(view.step)))
        if lines:
            parts.append(element("ol", lines, "lines"))
        confirmed = confirmed_by(view)
        if confirmed:
            parts.append(element("p", escape(confirmed), "confirmed"))
        return f"<details><summary>Why</summary>{''.join(parts)}</details>" if parts else ""

    def _line(self, line: Line) -> str:
        because = element("span", escape(line.rule), "because")
        return element("li", f"<span>{self._math(line.equation)}</span> {because}")


def math(expr: Expr, style: Style) -> str:
    """MathML as HTML has it: without a namespace."""
    return to_mathml(expr, style).replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "", 1)
