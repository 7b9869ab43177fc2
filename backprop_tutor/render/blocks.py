"""What there is to show, before anybody decides how: blocks. Subjects make them, painters show them.

    Block
    ├── Heading     a title, or one of a section
    ├── Prose       a paragraph
    ├── Formula     a formula on a line of its own, its arrays as matrices
    ├── Facts       short things to know, side by side
    ├── Listing     things that each have a line of their own
    ├── Progress    how far something has come
    ├── Table       rows of cells under titled columns
    ├── Drawing     lines of signs, each in its place, as wide as there is room
    ├── WorkedStep  one step of a solution: its table, what is said of it, its formula of whole arrays
    └── Derivation  formulas that follow from one another, each with the rule that gives it

A cell is lines of pieces: words, or formulas that each painter writes in its own way. Roles say what a
piece is; `theme` says how that looks.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from backprop_tutor.language import Expr, Style, to_text

if TYPE_CHECKING:
    from backprop_tutor.render.pictures.figure import StepFigure
    from backprop_tutor.walkthrough import Worked

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Content",
    "Derivation",
    "Drawing",
    "Facts",
    "Formula",
    "Heading",
    "Line",
    "Listing",
    "Maths",
    "Progress",
    "Prose",
    "Reasoned",
    "Row",
    "Table",
    "Words",
    "WorkedStep",
    "cell",
    "line_text",
    "still",
    "tabled",
]


class Words(NamedTuple):
    """Text as it stands, in Unicode; a painter spells what its alphabet lacks."""

    text: str
    role: str = ""


class Maths(NamedTuple):
    """A formula or the name of a quantity, in the style of the painter."""

    expr: Expr
    role: str = ""


Content = Words | Maths
Line = tuple[Content, ...]
Cell = tuple[Line, ...]


def cell(*pieces: Content | str) -> Cell:
    """A cell of one line; with nothing to say, a cell without a line."""
    line = tuple(Words(piece) if isinstance(piece, str) else piece for piece in pieces if piece)
    return (line,) if line else ()


def line_text(line: Line, style: Style) -> str:
    """A line as plain text."""
    return "".join(piece.text if isinstance(piece, Words) else to_text(piece.expr, style) for piece in line)


class Heading(NamedTuple):
    """A title (level 1) or that of a section. The steps of a phase say of which they are, so that nobody who
    reads line by line needs the heading of a `phase`; `facts` are as in a row."""

    line: Line
    level: int = 1
    role: str = ""
    facts: Cell = ()


class Prose(NamedTuple):
    line: Line
    role: str = ""


class Formula(NamedTuple):
    """A formula of whole arrays: its `sides`, all equal, each on one line; and in `matrices` the same with
    every array between its name and its shape (`Valued`)."""

    sides: tuple[Expr, ...]
    matrices: Expr


class Facts(NamedTuple):
    """As many `items` a line as there is room for; one is only broken where it is longer than a line."""

    items: tuple[Line, ...]


class Listing(NamedTuple):
    """Each of `items` on a line of its own."""

    items: tuple[Line, ...]


class Progress(NamedTuple):
    """`done` of `total`, if that is known, between what it is about and what it says in words."""

    title: Line
    done: int
    total: int | None
    said: Line


class Column(NamedTuple):
    """`title` may be empty. `role` is that of its cells; `flush` the side at which they stand.

    Where there is no room, a `quiet` column goes below the one before it, and a `spare` one is left out;
    stacked rows have neither. A column of prose is at least `least` wide, or the rows are stacked.
    """

    title: Cell
    role: str = ""
    flush: Literal["left", "right", "center"] = "left"
    quiet: bool = False
    spare: bool = False
    least: int = 0


class Row(NamedTuple):
    """One cell a column. `facts` say the row in lines of its own, for whoever reads line by line; a row
    without is said by its cells.

    `starts` says that a new group of rows begins here. `asked` is what the reader is to fill in, where a
    document asks for it.
    """

    cells: tuple[Cell, ...]
    facts: Cell = ()
    role: str = ""
    starts: bool = True
    asked: "Worked | None" = None


class Table(NamedTuple):
    """`foot` is a last row that sums up. `borders` are drawn around data, not around what is read as text;
    where only they leave no room for a table, it has lines between its rows instead. Without `edges` there
    are only lines within, where lines are dear.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: Line = ()
    caption: Line = ()
    foot: Row | None = None
    borders: bool = True
    edges: bool = True

    @property
    def every_row(self) -> tuple[Row, ...]:
        """The rows, the foot last."""
        return (*self.rows, self.foot) if self.foot else self.rows

    def without(self, role: str) -> "Table":
        """The same without the columns of that role."""
        kept = [place for place, column in enumerate(self.columns) if column.role != role]
        columns = tuple(self.columns[place] for place in kept)
        rows = [row._replace(cells=tuple(row.cells[place] for place in kept)) for row in self.every_row]
        foot = rows.pop() if self.foot else None
        return self._replace(columns=columns, rows=tuple(rows), foot=foot)


class Drawing(NamedTuple):
    """`lines` draws it in a number of columns; `facts` say it in words, as in a row."""

    lines: Callable[[int], Sequence[Line]]
    facts: Cell = ()


def still(lines: Iterable[Iterable[Content]]) -> Drawing:
    """Lines that are the same however much room there is."""
    drawn = tuple(map(tuple, lines))
    return Drawing(lambda _: drawn)


class WorkedStep(NamedTuple):
    """A step: `number` of `of` in its phase. `quantity`, `shape`, `rule` are its title, `mark` the letters of
    what confirmed it and `confirmed` the same in a sentence; `why` explains the rule.

    `formula` is that of the whole array, None where it says no more than the rows do. `left_out` counts the
    elements without a row, `skipped` the steps before this one that are not shown. `proof` derives a gradient
    line by line. A document shows the `figure` of what it does.
    """

    phase: str
    number: int
    of: int
    quantity: Maths
    shape: tuple[int, ...]
    rule: str
    why: str
    mark: str
    confirmed: str
    formula: Formula | None
    table: Table
    left_out: int = 0
    skipped: int = 0
    proof: Table | None = None
    figure: "StepFigure | None" = None


class Reasoned(NamedTuple):
    """One line of a derivation: `= expr` by `rule`, an `≈` where `about`, and a `remark` below it.

    `verified` is None where nothing was proved. `facts` are as in a row.
    """

    expr: Expr
    rule: Line
    verified: bool | None
    about: bool = False
    remark: Line = ()
    facts: Cell = ()


class Derivation(NamedTuple):
    """`left`, and what it equals line by line; `starts` where something new begins.

    A line that the reader's notation writes as the one above is not shown.
    """

    left: Expr
    lines: tuple[Reasoned, ...]
    starts: bool = False


def tabled(derivation: Derivation) -> Table:
    """The same as a table, the left side before the first line, the rules at the right."""
    rows = [
        Row(
            (
                cell(Maths(derivation.left)) if place == 0 else (),
                (*cell("≈ " if line.about else "= ", Maths(line.expr)), *filter(None, [line.remark])),
                cell(*line.rule),
            )
        )
        for place, line in enumerate(derivation.lines)
    ]
    return Table((Column(()), Column(()), Column((), "rule", "right")), tuple(rows), borders=False)


Block = Heading | Prose | Facts | Listing | Progress | Formula | Table | Drawing | WorkedStep | Derivation
