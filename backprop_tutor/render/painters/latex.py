"""Blocks as LaTeX."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from backprop_tutor.language import (
    OPERATORS,
    Call,
    Expr,
    Num,
    Style,
    latex_words,
    to_latex,
    to_stacked,
)
from backprop_tutor.language.clean import display_width
from backprop_tutor.language.latex import breakable_brackets
from backprop_tutor.language.stacked import to_matrices
from backprop_tutor.render.blocks import (
    Block,
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
from backprop_tutor.render.pictures.tikz_figure import figure_tikz
from backprop_tutor.render.theme import STYLES
from backprop_tutor.render.wording import shape_text

__all__ = ["LatexPainter"]

PAGE = 92  # characters of a formula in small letters that a line of the page has room for
WRAPPED = 82  # the same where they are broken: bold and wide letters have to fit as well
GAP = 2  # of them between two columns
SHRUNK = 1.2  # times as wide as the page a formula may be that is shrunk and not broken
ROWS = 36  # lines of the page that a table takes at most, since one that is shrunk has to fit on it
_Group = tuple[Row, list[str]]
BLANK = r"\underline{\hspace{2.5cm}}\rule{0pt}{3.4ex}"


class LatexPainter:
    """Gives out lines of LaTeX. A `blank` document does not say how its steps are worked out."""

    def __init__(self, style: Style, *, blank: bool = False) -> None:
        self.style = style
        self.blank = blank
        self._section = ""  # whose title is written together with what follows, on the same page

    def paint(self, blocks: Iterable[Block]) -> Iterator[str]:
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(line, 1):
                yield rf"\section*{{{self._text(line)}}}"
            case Heading(line):
                self._section = rf"\section*{{{self._text(line)}}}"
            case Prose(line, "graph"):
                yield rf"\begin{{center}}\small {self._text(line)}\end{{center}}"
            case Prose(line, role):
                if self._section:
                    yield from self._together(2)
                end = "" if role == "check" else "\n"  # several of these are one paragraph
                yield f"{'Note: ' if role == 'note' else ''}{self._text(line)}{end}"
            case Formula():
                yield from self.formula(block.matrices)
            case Table():
                yield from self._table(block)
            case WorkedStep():
                yield from self._step(block)
            case Facts(items):
                yield "\n".join([r"{\raggedright", " \\quad\n".join(map(self._whole, items)), r"\par}"])
            case Listing(items):
                long = (self._room(item, _width) > WRAPPED for item in items)
                shown = (
                    f"\\item\n{self._text(item, breaks=breaks)}"
                    for item, breaks in zip(items, long, strict=True)
                )
                yield "\n".join([r"\begin{listing}", *shown, r"\end{listing}"])
            case Progress(title, _, _, said):
                yield f"{self._text(title)}: {self._text(said)}\n"
            case Drawing(lines):
                yield from (rf"\noindent\texttt{{{self._signs(line)}}}\\" for line in lines(PAGE))
            case Derivation():
                yield from self._table(tabled(block))

    def _whole(self, line: Line) -> str:
        """A formula alone, in which no line is broken while it is short, and which fits the page."""
        text, room = self._text(line), self._room(line, _width)
        if len(line) > 1 or not isinstance(line[0], Maths):
            return text
        return rf"\fit{{{text}}}" if room > WRAPPED else rf"\mbox{{{text}}}" if room <= WRAPPED / 2 else text

    def _together(self, lines: float) -> Iterator[str]:
        """A new page where what is now begun has no room for its first `lines`."""
        yield f"\n\\need{{{lines + 4 * bool(self._section):.0f}}}"
        yield self._section
        self._section = ""

    def _step(self, step: WorkedStep) -> Iterator[str]:
        if step.skipped:
            yield f"\n{step.skipped:,} steps are left out here.\n"
        formula = None if self.blank or step.formula is None else step.formula.matrices
        tables = list(self._tables(step.table))
        tall = 0 if formula is None else len(to_matrices(formula, self.style, PAGE))
        yield from self._together(3 + 0.9 * tall + tables[0].begin)
        name = self._in_role("asked", rf"${to_latex(step.quantity.expr, self.style, slashed=True)}$")
        shape = latex_words(shape_text(step.shape, self.style))
        rule = "" if self.blank else rf"\hfill {self._in_role('rule', latex_words(step.rule))}"
        number = rf"{step.number}/{step.of}\enspace"
        yield rf"\subsection*{{\normalfont {number}{name}\enspace \small {shape}{rule}}}"
        if formula is not None:
            yield from self.formula(formula)
        if step.figure:
            yield figure_tikz(step.figure)
        yield from _below_each_other(tables)
        said = [f"{step.left_out:,} more elements are left out."] if step.left_out else []
        if not self.blank:
            said += filter(None, [step.why, step.confirmed])
        if said:
            yield rf"{{\small {latex_words(' '.join(said))}\par}}"
        if step.proof:
            yield from self._table(step.proof)

    # Pieces

    def _in_role(self, role: str, body: str) -> str:
        is_shown = body and role.isalpha() and STYLES.get(role)
        return rf"\role{role}{{{body}}}" if is_shown else body

    def _piece(self, piece: Words | Maths, *, breaks: bool, slashed: bool) -> str:
        """A formula; where it `breaks`, with brackets that a line may be broken in."""
        if isinstance(piece, Words):
            signed = piece.text.strip() in ("=", "≈")
            text = f"${_relation(piece.text)}$ " if signed else latex_words(piece.text)
        else:
            formula = to_latex(piece.expr, self.style, slashed=slashed)
            formula = formula.replace(r"\frac", r"\tfrac") if isinstance(piece.expr, Num) else formula
            tall = r"\displaystyle " if r"\frac" in formula or r"\sum" in formula else ""
            text = f"${tall}{_breakable(formula) if breaks else formula}$"
        return self._in_role(piece.role, text)

    def _text(self, line: Line, role: str = "", *, breaks: bool = False, slashed: bool = True) -> str:
        pieces = (self._piece(piece, breaks=breaks, slashed=slashed) for piece in line)
        return self._in_role(role, "".join(pieces))

    def _signs(self, line: Line) -> str:
        return latex_words(line_text(line, self.style)).replace(" ", "~")

    def _room(self, line: Line, measure: Callable[[Expr, Style], int]) -> int:
        pieces = (len(p.text) if isinstance(p, Words) else measure(p.expr, self.style) for p in line)
        return sum(pieces)

    def formula(self, expr: Expr) -> Iterator[str]:
        """A formula of matrices: shrunk a little if need be, and broken where that would be too much."""
        formula = to_latex(expr, self.style)
        if _width(expr, self.style) <= SHRUNK * PAGE or not isinstance(expr, Call):
            yield rf"\fit{{$\displaystyle {formula}$}}\smallskip"
        else:
            yield rf"{{\raggedright\small $\displaystyle {_breakable(formula)}$\par}}"

    # Tables

    def _table(self, table: Table) -> Iterator[str]:
        tables = list(self._tables(table))
        if table.title:
            yield from self._together(2 + tables[0].begin)
            yield rf"\noindent {self._text(table.title)}:\par"
        yield from _below_each_other(tables)
        if table.caption:
            yield rf"{{\small {self._text(table.caption)}\par}}"

    def _tables(self, table: Table) -> Iterator["_Ruled"]:
        """One, or for many rows one after the other."""
        table = table.without("mark")
        columns, rows = table.columns, table.every_row
        cells = [[column.title, *(row.cells[k] for row in rows)] for k, column in enumerate(columns)]
        widths, least = (
            [
                max((self._room(line, measure) for cell in found for line in cell), default=1)
                for found in cells
            ]
            for measure in (_width, _least)
        )
        narrow = _narrowed(widths, least)
        slashed = table.borders  # in a derivation a fraction has room
        groups = [self._group(columns, row, narrow, slashed) for row in rows]
        head = self._head(columns, narrow) if any(column.title for column in columns) else []
        spec = list(map(_spec, columns, narrow))
        for part in _parts(groups):
            yield _ruled(spec, head, part, borders=table.borders, is_fixed=any(narrow))

    def _head(self, columns: Sequence[Column], narrow: Sequence[float]) -> list[str]:
        tall = max(len(column.title) for column in columns)
        titles = [[*[()] * (tall - len(column.title)), *column.title] for column in columns]
        return [
            " & ".join(
                self._text(line, "quiet", breaks=bool(width))
                for line, width in zip(lines, narrow, strict=True)
            )
            for lines in zip(*titles, strict=True)
        ]

    def _group(
        self,
        columns: Sequence[Column],
        row: Row,
        narrow: Sequence[float],
        slashed: bool,
    ) -> _Group:
        """A row as the lines of its cells, so that each number is in line with those beside it."""
        tall = max(1, *map(len, row.cells))
        shown = []
        for column, cell, width in zip(columns, row.cells, narrow, strict=True):
            role = row.role if row.role in STYLES else column.role
            lines = [self._text(line, role, breaks=bool(width), slashed=slashed) for line in cell]
            if column.role == "yours" and row.asked:
                lines = [BLANK]
            shown.append([*lines, *[""] * (tall - len(lines))])
        return row, [_airy(" & ".join(line)) for line in zip(*shown, strict=True)]


def _relation(text: str) -> str:
    return r"\approx" if text.strip() == "≈" else "="


def _breakable(formula: str) -> str:
    return breakable_brackets(formula).replace(r" \, ", r" \,\allowbreak ")


def _narrowed(widths: Sequence[int], least: Sequence[int]) -> list[float]:
    """The share of the line of each column that has to be narrower than it is, 0 for the others; all 0 as
    well where that would not do, and the table has to be shrunk as a whole."""
    left = WRAPPED - GAP * (len(widths) - 1) - sum(least)
    if sum(widths) + GAP * (len(widths) - 1) <= PAGE or left < 0:
        return [0.0] * len(widths)
    shares = [0.0] * len(widths)
    for place in sorted(range(len(widths)), key=lambda k: widths[k] - least[k]):
        waiting = sum(1 for k in range(len(widths)) if not shares[k] and widths[k] > least[k])
        wanted = widths[place] - least[place]
        taken = min(wanted, left // max(waiting, 1))
        left -= taken
        if taken < wanted:
            shares[place] = (least[place] + taken) / PAGE
    return shares


def _least(expr: Expr, style: Style) -> int:
    """How many characters the longest part takes that TeX does not break."""
    match expr:
        case Call("add" | "sub" | "mul" | "hadamard" | "neg", args):
            return 3 + max(_least(arg, style) for arg in args)
        case Call(name, args) if name not in OPERATORS and to_latex(expr, style).endswith(r"\right)"):
            return len(name) + 2 + max((_least(arg, style) for arg in args), default=0)
        case _:
            return _width(expr, style)


def _width(expr: Expr, style: Style) -> int:
    """About how many characters a formula takes in print, with its fractions."""
    return max(map(display_width, to_stacked(expr, style)))


def _spec(column: Column, share: float) -> str:
    if share:
        return rf">{{\raggedright\arraybackslash}}p{{{share:.3f}\linewidth}}"
    return {"left": "l", "right": "r", "center": "c"}[column.flush]


def _parts(groups: list[_Group]) -> Iterator[list[_Group]]:
    """Groups for one table after the other, of about `ROWS` lines each; a sum stands with its terms."""
    part: list[_Group] = []
    for group in groups:
        if (
            part
            and group[0].starts
            and sum(_height(line) for _, lines in [*part, group] for line in lines) > ROWS
        ):
            yield part
            part = []
        part.append(group)
    if part:
        yield part


class _Ruled(NamedTuple):
    text: str
    begin: float  # lines of the page that its head and its first row take


def _below_each_other(tables: Sequence[_Ruled]) -> Iterator[str]:
    for table in tables:
        if table is not tables[0]:
            yield rf"\need{{{table.begin:.0f}}}"
        yield table.text


def _ruled(
    spec: Sequence[str], head: list[str], groups: list[_Group], *, borders: bool, is_fixed: bool
) -> _Ruled:
    """A table ruled as books do, in which no page parts the lines of one row, nor ends with a head."""
    apart = any(len(lines) > 1 or "{matrix}" in lines[0] for _, lines in groups)
    body = [r"\toprule"] if borders else []
    body += [*(rf"{line} \\*" for line in head), r"\midrule"] if head else []
    begin = 2 + sum(map(_height, head))
    is_begun = False
    for place, (row, lines) in enumerate(groups):
        following = groups[place + 1][0] if place + 1 < len(groups) else None
        before_total = following is not None and following.role == "total"
        is_kept = before_total or (len(lines) == 1 and place in (0, len(groups) - 2))
        space = ""
        if apart and following and row.role != "total":
            space = "[4pt]" if following.starts else "[1pt]"
        begin += 0 if is_begun else sum(map(_height, lines))
        is_begun = is_begun or not is_kept
        body += [rf"{line} \\*" for line in lines[:-1]] + [rf"{lines[-1]} \\{'*' if is_kept else ''}{space}"]
        if row.role == "total" and following:
            body.append(rf"\cmidrule{{1-{len(spec)}}}")
    body += [r"\bottomrule"] if borders else []
    shown = "\n".join(body)
    kind = "fixedtable" if is_fixed else "fittable"
    return _Ruled(f"\\{kind}{{@{{}}{''.join(spec)}@{{}}}}{{\n{shown}\n}}", begin)


def _height(line: str) -> float:
    """Of a line of a table, in lines of the page."""
    return 1.3 + max(1.3 * bool(re.search(r"\\d?frac|\\sum", line)), 1.3 * line.count(r"\\{}"))


def _airy(row: str) -> str:
    """A row with room above and below its fractions."""
    if r"\sum" in row:
        return row + r"\rule[-3.6ex]{0pt}{8.4ex}"
    return row + r"\rule[-2.6ex]{0pt}{6.4ex}" if re.search(r"\\frac|{matrix}|{cases}", row) else row
