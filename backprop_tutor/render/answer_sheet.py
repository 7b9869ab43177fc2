"""Blank answer sheets: the task, and a place for each asked element in walkthrough order."""

import csv
import io
import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

from backprop_tutor.grading.elements import Elements
from backprop_tutor.grading.selection import asked
from backprop_tutor.language import ASCII, CANONICAL, UNICODE, Lettering, Style, wrap
from backprop_tutor.render.blocks import Block, Facts, Heading, Line, Listing, Prose, line_text
from backprop_tutor.render.painters.markdown import MarkdownPainter
from backprop_tutor.render.subjects.task import ON_PAPER, TaskBlocks
from backprop_tutor.walkthrough import Solution

__all__ = ["FORMATS", "blank_sheet"]

FORMATS = ("yaml", "csv", "md")
WIDTH = 90
_IN_QUOTES = re.compile(r"[\s:#]")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # read as something else by some
_KEYS = str.maketrans("⟨⟩", "<>")  # which a keyboard has, and a spreadsheet saves in any code page
BLANK = "_"  # the ? of a flow list is a key to a YAML reader
HOW = "Write each answer in the place of its _: a number, a fraction such as -1/2, or an expression in the \
quantities above. In one, @ is the matrix product, * goes entry by entry, and .T transposes."
HOW_IN_CELLS = "Put an apostrophe before a fraction ('1/2), so that the spreadsheet makes no date of it."


def blank_sheet(solution: Solution, form: str = "yaml", lettering: Lettering = CANONICAL) -> str:
    """The text of a sheet in one of `FORMATS`, with the names of a notation."""
    blank = _Blank(solution, lettering)
    writers = {"yaml": blank.yaml, "csv": blank.csv, "md": blank.markdown}
    return writers[form]()


class _Blank:
    def __init__(self, solution: Solution, lettering: Lettering) -> None:
        self.solution, self.exercise = solution, solution.exercise
        self.questions = asked(solution)
        self.elements = Elements(solution)
        self.task = TaskBlocks(solution, lettering)
        self.notation = lettering.notation
        letters = ASCII if lettering.notation else UNICODE  # an author's θ stays
        typed = letters._replace(times="*", hadamard="*", power="**", transpose=".T", partial="d")
        self.style = lettering.styled(Style(typed, {}))
        several = any(
            solution.shapes[q.quantity][0] > 1 for q in self.questions if q.quantity in self.solution.batched
        )
        self.says_rows = lettering.by_columns and several

    def yaml(self) -> str:
        by_element = any(name not in self.solution.shapes for name, _ in self._places())
        lines = [f"# {line}".rstrip() for line in self._comments(by_element=by_element)]
        lines += ["#", *(f"# {line}" for line in textwrap.wrap(HOW, WIDTH))]
        lines += ["# In a list of lists, each row is an example."] if self.says_rows else []
        lines += [f"{key}: {_scalar(value)}" for key, value in self._head()]
        lines += ["answers:"]
        for name, _ in self._places():
            places = _blanks(self.solution.shapes[name]) if name in self.solution.shapes else BLANK
            lines.append(f"  {_scalar(self._name(name))}: {places}")
        return "\n".join(lines) + "\n"

    def csv(self) -> str:
        how = textwrap.wrap(HOW, WIDTH)
        rows = [[f"# {line}".rstrip()] for line in (*self._comments(by_element=True), "", *how, HOW_IN_CELLS)]
        rows += [list(pair) for pair in self._head()]
        rows += [["quantity", "answer"]]
        rows += [[self._name(name), BLANK] for question in self.questions for name in question.elements]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        text = out.getvalue()
        return text if text.isascii() else f"\ufeff{text}"  # by which Excel knows UTF-8

    def markdown(self) -> str:
        paint = MarkdownPainter(self.style).paint
        parts = [*paint(self.task.heading()), "Name: ______________________________"]
        if self.exercise.variant:
            parts.append(f"Version {self.exercise.variant.id}.")
        parts += paint(self.task.statement(how=ON_PAPER))
        names = (name for question in self.questions for name in question.elements)
        rows = [f"| `{self._name(name)}` | {' ' * 30} |" for name in names]
        return "\n\n".join([*parts, "\n".join(["| quantity | answer |", "|---|---|", *rows])]) + "\n"

    def _name(self, name: str) -> str:
        return self.elements.written(name, self.style).translate(_KEYS)

    def _head(self) -> Iterator[tuple[str, str]]:
        """What a marker must know of the sheet."""
        yield "exercise", self.exercise.name
        if self.exercise.variant:
            yield "variant", self.exercise.variant.id
        if self.notation:
            yield "notation", self.notation.name

    def _comments(self, *, by_element: bool) -> Iterator[str]:
        """The task in lines."""
        for block in (*self.task.heading(), *self.task.statement(by_element=by_element)):
            yield from self._lines(block)

    def _lines(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(line):
                yield self._text(line)
            case Prose(line):
                yield from textwrap.wrap(self._text(line), WIDTH)
            case Facts(items) | Listing(items):
                for item in items:
                    yield from wrap(self._text(item), WIDTH)

    def _text(self, line: Line) -> str:
        return line_text(line, self.style).translate(_KEYS)

    def _places(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """A quantity asked in full with the names of its elements; each element of one that is not, with its
        own."""
        for quantity, group in groupby(self.questions, lambda question: question.quantity):
            names = tuple(name for question in group for name in question.elements)
            if len(names) == len(self.elements.names(quantity)):
                yield quantity, names
            else:
                yield from ((name, (name,)) for name in names)


def _scalar(text: str) -> str:
    """`text` as YAML has it, in quotes where it would be read as something else."""
    if text[:1].isalpha() and not _IN_QUOTES.search(text) and text.lower() not in _WORDS:
        return text
    return "'" + text.replace("'", "''") + "'"


def _blanks(shape: tuple[int, ...]) -> str:
    if not shape:
        return BLANK
    return f"[{', '.join([_blanks(shape[1:])] * shape[0])}]"
