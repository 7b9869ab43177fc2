"""Blocks as HTML, formulas as MathML; a blank document asks for its values in inputs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from xml.etree import ElementTree

from backprop_tutor.language import ASCII, Call, Expr, Style, clean, to_mathml, to_text
from backprop_tutor.language.expr import name_of
from backprop_tutor.render.blocks import (
    Block,
    Cell,
    Column,
    Derivation,
    Drawing,
    Facts,
    Formula,
    Heading,
    Line,
    Listing,
    Maths,
    Progress,
    Prose,
    Row,
    Table,
    Words,
    WorkedStep,
    line_text,
    tabled,
)
from backprop_tutor.render.pictures.svg_figure import whole_svg
from backprop_tutor.render.theme import STYLES
from backprop_tutor.render.wording import PHASE_TITLES, shape_text
from backprop_tutor.walkthrough import Worked

__all__ = ["HtmlPainter", "element"]

COLUMNS = 80  # of a drawing
BREAKS = frozenset("+−⊙")  # operators before which a formula may be broken


def element(tag: str, body: str, cls: str = "") -> str:
    """An HTML element; `body` is HTML."""
    kind = f' class="{cls}"' if cls else ""
    return f"<{tag}{kind}>{body}</{tag}>"


class HtmlPainter:
    """Gives out elements. `numbers` are those of the steps by quantity, for a page that is stepped through.

    In a blank document `answers` tell, by name and with `salt`, what is right.
    """

    def __init__(
        self,
        style: Style,
        *,
        blank: bool = False,
        salt: str = "",
        answers: Mapping[str, str] | None = None,
        numbers: Sequence[str] = (),
    ) -> None:
        self.style = style
        self.blank = blank
        self.salt = salt
        self.answers = answers or {}
        self.numbers = {quantity: number for number, quantity in enumerate(numbers, 1)}

    def paint(self, blocks: Iterable[Block]) -> Iterator[str]:
        for block in blocks:
            yield self._block(block)

    def _block(self, block: Block) -> str:
        match block:
            case Heading(line, 1):
                return element("h1", self._text(line))
            case Heading(line, level):
                return element(f"h{level}", self._text(line), "phase" if level == 2 else "")
            case Prose(line, role):
                return element("p", f"{'Note: ' if role == 'note' else ''}{self._text(line)}", _role(role))
            case Formula():
                return self._formula(block)
            case Table(title=title):
                return (element("h3", self._text(title)) if title else "") + self._table(block)
            case WorkedStep():
                return self._step(block)
            case Facts(items):
                return self._list(items, "facts")
            case Listing(items):
                return self._list(items, "listing")
            case Progress(title, done, total, said):
                bar = f'<progress value="{done}" max="{total}"></progress>'
                return element("p", f"{self._text(title)} {bar} {self._text(said)}")
            case Drawing(lines):
                return element("pre", "\n".join(map(self._text, lines(COLUMNS))))
            case Derivation():
                return self._table(tabled(block), "The derivation, line by line")

    def _list(self, items: Iterable[Line], kind: str) -> str:
        return element("ul", "".join(element("li", self._text(item)) for item in items), kind)

    def _step(self, step: WorkedStep) -> str:
        name = name_of(step.quantity.expr)
        number = self.numbers.get(name, step.number)
        title = f"title-{number}"
        place = f"{PHASE_TITLES[step.phase]}, {step.number} of {step.of}"
        rule = "" if self.blank else element("span", escape(step.rule), "role-rule")
        shape = element("span", shape_text(step.shape, self.style), "shape")
        shown = f"{self.math(step.quantity.expr, 'asked')} {shape} {rule} {element('span', place, 'place')}"
        parts = [
            f'<article class="panel step" id="step-{number}" data-step="{number}" '
            f'data-phase="{step.phase}" aria-labelledby="{title}"><h3 id="{title}">{shown}</h3>',
            element("p", f"{step.skipped:,} steps are left out before this one.") if step.skipped else "",
            "" if self.blank or step.formula is None else self._formula(step.formula),
            whole_svg(step.figure) if step.figure else "",
            self._table(step.table, f"{self._typed(step.quantity.expr)}, worked out"),
            element("p", f"{step.left_out:,} more elements are left out.") if step.left_out else "",
            *(self._hint(step) if self.blank else self._said(step)),
            "</article>",
        ]
        return "\n".join(filter(None, parts))

    def _said(self, step: WorkedStep) -> Iterator[str]:
        """What the table is captioned with, and what proves it."""
        if step.why:
            yield element("p", escape(step.why), "caption")
        if step.proof:
            proof = self._table(step.proof, "The derivation, line by line")
            yield f"<details><summary>Derivation</summary>{proof}</details>"
        if step.confirmed:
            yield element("p", escape(step.confirmed), "role-check")

    def _hint(self, step: WorkedStep) -> Iterator[str]:
        said = element("p", escape(f"{step.rule}. {step.why}"))
        formula = "" if step.formula is None else self._formula(step.formula)
        yield f"<details><summary>Hint</summary>{said}{formula}</details>"

    # Pieces

    def math(self, expr: Expr, role: str = "", *, slashed: bool = False) -> str:
        """MathML as HTML has it: without a namespace."""
        shown = to_mathml(expr, self.style, slashed=slashed)
        kind = f' class="{_role(role)}"' if role else ""
        return shown.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', kind, 1)

    def _piece(self, piece: Words | Maths, *, slashed: bool) -> str:
        if isinstance(piece, Maths):
            return self.math(piece.expr, piece.role, slashed=slashed)
        text = escape(clean(piece.text))
        return element("span", text, _role(piece.role)) if piece.role else text

    def _text(self, line: Line, *, slashed: bool = True) -> str:
        return "".join(self._piece(piece, slashed=slashed) for piece in line)

    def _typed(self, expr: Expr) -> str:
        return to_text(expr, self.style._replace(glyphs=ASCII))

    def _formula(self, formula: Formula) -> str:
        """An equation of matrices, which the page may break before its equals signs, and before the operators
        that stand in no brackets."""
        sides = formula.matrices.args if isinstance(formula.matrices, Call) else (formula.matrices,)
        name, *others = map(self.math, sides)
        shown = [name]
        for first, *more in map(_in_parts, others):
            shown += [f"<span>= {first}</span>", *(f"<span>{part}</span>" for part in more)]
        return element("p", " ".join(shown), "matrix")

    # Tables

    def _table(self, table: Table, about: str = "") -> str:
        table = table.without("mark")
        about = about or self._plain(table.title) or "Given"
        body = "".join(self._row(table.columns, row, slashed=table.borders) for row in table.every_row)
        head = ""
        if any(column.title for column in table.columns):
            titles = "".join(
                f'<th scope="col" class="{_kind(column)}">{self._cell(column.title)}</th>'
                for column in table.columns
            )
            head = f"<thead><tr>{titles}</tr></thead>"
        caption = element("p", self._text(table.caption), "caption") if table.caption else ""
        kind = "" if table.borders else ' class="open"'
        return (
            f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(about)}">'
            f"<table{kind}>{head}<tbody>{body}</tbody></table></div>{caption}"
        )

    def _row(self, columns: Sequence[Column], row: Row, *, slashed: bool) -> str:
        shown = []
        for place, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
            role = _kind(column, row.role if row.role in STYLES else "")
            if column.role == "yours" and row.asked:
                shown.append(f'<td class="{role}">{self._question(row.asked)}</td>')
            elif place == 0 and column.title:
                is_maths = any(isinstance(piece, Maths) for line in cell[:1] for piece in line)
                said = element("span", escape(self._plain(cell[0])), "said") if is_maths else ""
                seen = self._cell(cell).replace("<math", '<math aria-hidden="true"', 1)
                tag = f'<th scope="row" class="{role}">{said}{seen}</th>' if cell else "<td></td>"
                shown.append(tag)
            else:
                name = escape(" ".join(map(self._plain, column.title[:1])))
                label = f' data-label="{name}"' if name else ""
                shown.append(f'<td class="{role}"{label}>{self._cell(cell, slashed=slashed)}</td>')
        kinds = " ".join(filter(None, ["starts" if row.starts else "", row.role]))
        return f'<tr class="{kinds}">{"".join(shown)}</tr>'

    def _cell(self, cell: Cell, *, slashed: bool = True) -> str:
        return "".join(element("span", self._text(line, slashed=slashed), "line") for line in cell)

    def _plain(self, line: Line) -> str:
        """A line as text, for whoever is read to."""
        return clean(line_text(line, self.style))

    def _question(self, worked: Worked) -> str:
        name = to_text(worked.name, self.style)
        return (
            f'<input type="text" autocomplete="off" spellcheck="false" aria-label="{escape(name)}" '
            f'data-name="{escape(name)}" data-salt="{self.salt}" data-right="{self.answers[name]}"> '
            '<span class="verdict" role="status"></span>'
        )


def _in_parts(math: str) -> list[str]:
    """MathML in parts, each but the first beginning with an operator."""
    parts: list[list[ElementTree.Element]] = [[]]
    for child in _side_by_side(ElementTree.fromstring(math)):
        if child.tag == "mo" and child.text in BREAKS and parts[-1]:
            child.set("form", "infix")
            parts.append([])
        parts[-1].append(child)
    if len(parts) == 1:
        return [math]
    written = ("".join(ElementTree.tostring(one, encoding="unicode") for one in part) for part in parts)
    return [f"<math><mrow>{part}</mrow></math>" for part in written]


def _side_by_side(row: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """What stands in a row, and in rows inside it that have no brackets of their own."""
    for child in row:
        if child.tag == "mrow" and len(child) and child[0].tag != "mo":
            yield from _side_by_side(child)
        else:
            yield child


def _kind(column: Column, role: str = "") -> str:
    """The classes of a cell."""
    return " ".join(filter(None, [_role(role or column.role), "right" if column.flush == "right" else ""]))


def _role(role: str) -> str:
    return f"role-{role}" if role else ""
