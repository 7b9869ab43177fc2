"""Blank answer sheets: one place an asked element, in walkthrough order, the task in comments."""

import csv
import io
import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.elements import Elements
from backprop_tutor.grading.selection import asked
from backprop_tutor.language import ASCII, CANONICAL, UNICODE, Lettering, Style, to_text
from backprop_tutor.language.expr import OPERATORS, Call, Sym
from backprop_tutor.walkthrough import Solution, Workings

__all__ = ["FORMATS", "blank_sheet", "called"]

FORMATS = ("yaml", "csv", "md")
WIDTH = 90
SHOWN = 64  # numbers of a leaf that the task lists
_IN_QUOTES = re.compile(r"[\s:#]")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off")  # that readers take for something else
BLANK = "_"  # the ? of a flow list is a key to a YAML reader
HOW = "Write each answer in the place of its _: a number, a fraction such as -1/2, or an expression."
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
        self.workings = Workings(solution)
        self.notation = lettering.notation
        self.style = lettering.styled(Style(ASCII if lettering.notation else UNICODE))
        several = any(
            solution.shapes[q.quantity][0] > 1 for q in self.questions if q.quantity in self.solution.batched
        )
        self.says_rows = lettering.by_columns and several

    def yaml(self) -> str:
        lines = [f"# {line}".rstrip() for line in self._task()]
        lines += ["#", *(f"# {line}" for line in self.how())]
        lines += ["# In a list of lists, each row is an example."] if self.says_rows else []
        lines += [f"{key}: {_scalar(value)}" for key, value in self._head()]
        lines += ["answers:"]
        lines += [f"  {_scalar(key)}: {places}" for key, places in self._keys()]
        return "\n".join(lines) + "\n"

    def csv(self) -> str:
        rows = [[f"# {line}".rstrip()] for line in (*self._task(), "", *self.how(), HOW_IN_CELLS)]
        rows += [list(pair) for pair in self._head()]
        rows += [["quantity", "answer"]]
        rows += [[self._name(name), BLANK] for question in self.questions for name in question.elements]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        text = out.getvalue()
        return text if text.isascii() else f"\ufeff{text}"  # by which Excel knows UTF-8

    def markdown(self) -> str:
        exercise = self.exercise
        lines = [f"# {exercise.title}", "", "Name: ______________________________", ""]
        lines += [exercise.description, ""] if exercise.description else []
        lines += ["```", *self._numbers(), "```", ""]
        if exercise.variant:
            lines += [f"Version {exercise.variant.id}.", ""]
        lines += [self.exercise.rounding, "", "| quantity | answer |", "|---|---|"]
        names = (name for question in self.questions for name in question.elements)
        lines += [f"| `{self._name(name)}` | {' ' * 30} |" for name in names]
        return "\n".join(lines) + "\n"

    def how(self) -> list[str]:
        """How to fill the sheet in, in lines."""
        return textwrap.wrap(f"{HOW} {self.exercise.rounding}", WIDTH)

    def _name(self, name: str) -> str:
        return self.elements.written(name, self.style)

    def _head(self) -> Iterator[tuple[str, str]]:
        """What a marker must know of the sheet."""
        yield "exercise", self.exercise.name
        if self.exercise.variant:
            yield "variant", self.exercise.variant.id
        if self.notation:
            yield "notation", self.notation.name

    def _task(self) -> Iterator[str]:
        yield self.exercise.title
        for paragraph in self.exercise.description.splitlines():
            yield from textwrap.wrap(paragraph, WIDTH)
        yield from self._numbers()

    def _numbers(self) -> Iterator[str]:
        """What is given: every leaf with its numbers, the loss, the learning rate."""
        nodes = self.solution.graph.nodes
        for node in nodes.values():
            if node.role in ("given", "parameter"):
                numbers = (
                    to_text(self.workings.value(node.name))
                    if node.size <= SHOWN
                    else f"{node.size:,} numbers"
                )
                line = f"{self._name(node.name)} = {numbers}"
                yield from textwrap.wrap(line, WIDTH, subsequent_indent="    ")
        for node in nodes.values():
            if node.op and self.exercise.layers:
                yield f"{self._name(node.name)} = {called(node, [self._name(p) for p in node.parents])}"
        yield from _rate(self.exercise)
        for sentence in self.solution.conventions:
            yield from textwrap.wrap(sentence, WIDTH)

    def _keys(self) -> Iterator[tuple[str, str]]:
        """A quantity asked in full with blanks in its shape; each element of one that is not."""
        for quantity, group in groupby(self.questions, lambda question: question.quantity):
            names = [name for question in group for name in question.elements]
            if len(names) == len(self.elements.names(quantity)):
                yield self._name(quantity), _blanks(self.solution.shapes[quantity])
            else:
                yield from ((self._name(name), BLANK) for name in names)


def called(node: Node, parents: list[str]) -> str:
    """What a layer's node computes from its `parents`, as a sheet writes it: W1 x + b1."""
    op = ops.get(node.op)
    if node.op in OPERATORS:
        return to_text(Call(node.op, tuple(map(Sym, parents))))
    if op.weighted == "layer":
        return f"{parents[1]} {parents[0]}" + (f" + {parents[2]}" if len(parents) > 2 else "")
    said = [f"{key}={value}" for key, value in node.params.items() if op.loss or op.penalty]
    return f"{op.name}({', '.join((*parents, *said))})" if op.spelled else parents[0]


def _scalar(text: str) -> str:
    """`text` as YAML has it, in quotes where it would be read as something else."""
    if text[:1].isalpha() and not _IN_QUOTES.search(text) and text.lower() not in _WORDS:
        return text
    return "'" + text.replace("'", "''") + "'"


def _rate(exercise: Exercise) -> Iterator[str]:
    if exercise.learning_rate is not None:
        steps = f", {exercise.steps} steps" if exercise.steps > 1 else ""
        yield f"update: {exercise.update}{steps}"


def _written(workings: Workings, solution: Solution, name: str) -> str:
    floats, exact = solution.value(name), solution.exact(name)

    def build(index: tuple[int, ...]) -> str:
        if len(index) == floats.ndim:
            return workings.text(float(floats[index]), None if exact is None else exact[index])
        return f"[{', '.join(build((*index, i)) for i in range(floats.shape[len(index)]))}]"

    return build(())


def _blanks(shape: tuple[int, ...]) -> str:
    if not shape:
        return BLANK
    return f"[{', '.join([_blanks(shape[1:])] * shape[0])}]"
