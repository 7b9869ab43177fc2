"""The blocks of a session's screen, as styled lines of a given width; what paints them is elsewhere."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import chain

from backprop_tutor.language import Style, display_width, wrap
from backprop_tutor.render.drawing import Line
from backprop_tutor.render.known import Known
from backprop_tutor.render.texts import PHASE_TITLES
from backprop_tutor.tutor.commands import WORDS
from backprop_tutor.tutor.events import Asked
from backprop_tutor.tutor.summary import OUTCOMES, Summary, time_text

__all__ = [
    "Row",
    "drawing",
    "footer",
    "known_table",
    "labelled",
    "paragraph",
    "plain_row",
    "progress",
    "summary_rows",
]

Row = list[tuple[str, str]]  # pieces of one line: a text and its role
LABEL = 9  # columns
INDENT = 2
BETWEEN = "   "
MORE = "   (show: the rest)"


def plain_row(text: str, role: str = "") -> Row:
    return [(text, role)]


def paragraph(text: str, width: int, role: str = "", indent: str = "") -> list[Row]:
    """Prose in lines of at most `width` columns."""
    lines = chain.from_iterable(
        textwrap.wrap(
            line, max(width, 20), initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )
        or [""]
        for line in text.splitlines()
    )
    return [plain_row(line, role) for line in lines]


def labelled(rows: Iterable[tuple[str, str]], width: int, roles: dict[str, str]) -> Iterator[Row]:
    """A table of labels and texts: formulas break where a reader would."""
    for label, text in rows:
        role = roles.get(label, "")
        lines = wrap(text, max(width - LABEL - 2, 20), indent="  ")
        yield [("  " + label.ljust(LABEL), "label"), (lines[0], role)]
        for line in lines[1:]:
            yield [(" " * (LABEL + 2), ""), (line, role)]


def progress(asked: Asked, done: int, width: int, style: Style) -> Row:
    """`Forward pass 2 of 4 ━━━━━━╌╌╌╌╌╌ 3 of 11 done`."""
    place = f" {asked.step} of {asked.steps}" if asked.steps > 1 else ""
    title = f"{PHASE_TITLES[asked.question.phase]}{place}"
    end = f"question {asked.number} of {asked.questions}"
    room = min(width - display_width(title) - display_width(end) - 4, 40)
    if room < 8:
        return [(title, "title"), ("  " + end, "dim")]
    full, empty = ("━", "╌") if style.glyphs.scripts else ("#", ".")
    filled = round(room * done / asked.questions)
    return [
        (title + "  ", "title"),
        (full * filled, "bar"),
        (empty * (room - filled), "dim"),
        ("  " + end, "dim"),
    ]


def drawing(lines: Iterable[Line]) -> list[Row]:
    return [[(text, "path" if lit else "") for text, lit in line] for line in lines]


def known_table(items: list[Known], width: int, height: int) -> list[Row]:
    """What is known, side by side; what does not fit into `height` rows goes unsaid."""
    rows = list(_flowing(items, width - INDENT))
    if len(rows) > height:
        rows = rows[: max(height, 0)]
        while rows and _width(rows[-1]) + INDENT + len(MORE) > width:
            rows[-1].pop()
        if rows:
            rows[-1].append((MORE, "dim"))
    return [[(" " * INDENT, ""), *row] for row in rows]


def _flowing(items: list[Known], width: int) -> Iterator[Row]:
    """As many quantities a line as fit; one that is too long for a line goes over several."""
    row: Row = []
    for item in items:
        role = "" if item.needed else "dim"
        cell: Row = [(item.name, "name" if item.needed else "dim"), (f" = {item.text}", role)]
        if row and _width(row) + len(BETWEEN) + _width(cell) > width:
            yield row
            row = []
        if _width(cell) > width:
            first, *rest = wrap(f"{item.name} = {item.text}", width)
            yield [(item.name, cell[0][1]), (first[len(item.name) :], role)]
            yield from ([(line, role)] for line in rest)
        else:
            row += [(BETWEEN, ""), *cell] if row else cell
    if row:
        yield row


def _width(row: Row) -> int:
    return sum(display_width(text) for text, _ in row)


def footer(width: int, style: Style) -> Row:
    """The words at the prompt."""
    between = " · " if style.glyphs.scripts else " | "
    words = [word for word in WORDS if word != "help"]
    with_help = between.join([*words, "help"])
    return [(with_help if len(with_help) <= width else between.join(words), "footer")]


def summary_rows(summary: Summary) -> list[tuple[str, str]]:
    """How many questions went how; what did not happen is left out, but for what was right at once."""
    said = {
        "at once": "right at once",
        "after hints": "right after hints",
        "after another try": "right after another try",
    }
    rows = [
        (said.get(name, name), str(summary.counts[name]))
        for name in OUTCOMES
        if summary.counts[name] or name == "at once"
    ]
    if summary.follow_through:
        rows.append(("of these follow-through", str(summary.follow_through)))
    return [*rows, ("questions", str(summary.questions)), ("time", time_text(summary.seconds))]
