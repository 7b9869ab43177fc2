"""A lesson as it is shown: every name and every number in it found in its exercise, every answer proved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from backprop_tutor.course.lesson_text import Paragraph, number_said
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough import Solution

__all__ = [
    "Choice",
    "CurvePicture",
    "FunctionPicture",
    "GraphPicture",
    "Lesson",
    "LessonPicture",
    "LessonPrediction",
    "MatrixPicture",
    "Screen",
]


class GraphPicture(NamedTuple):
    """The network with the values up to the step of `quantity`, and its path; with all where it is empty."""

    quantity: str


class MatrixPicture(NamedTuple):
    """How `quantity` is worked out from whole arrays."""

    quantity: str


class CurvePicture(NamedTuple):
    """The number `shown` over `by`, at evenly spaced points. `here` is where the exercise is."""

    shown: Expr
    by: Expr
    x: tuple[float, ...]
    y: tuple[float, ...]
    here: tuple[float, float]


class FunctionPicture(NamedTuple):
    """An activation and its slope, by the name of its op."""

    op: str


LessonPicture = GraphPicture | MatrixPicture | CurvePicture | FunctionPicture


class Choice(NamedTuple):
    """`but` answers whoever chose it though it is not right."""

    say: tuple[Paragraph, ...]
    but: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class LessonPrediction:
    """A question with `choices`, of which `right` (zero-based) holds, or with a `number` for an answer: its
    value, exactly where it is rational, and the `quantity` of the exercise that it is, if it is one."""

    ask: tuple[Paragraph, ...]
    then: tuple[Paragraph, ...]
    choices: tuple[Choice, ...] = ()
    right: int = -1
    number: tuple[float, Fraction | None] | None = None
    quantity: str = ""

    @property
    def answer_text(self) -> str:
        """A number as it is printed; of choices the place of the right one, from 1."""
        return str(self.right + 1) if self.number is None else number_said(*self.number)


@dataclass(frozen=True, slots=True)
class Screen:
    """`ask` are the quantities of the exercise that are to be worked out here; empty on most screens."""

    exercise: Exercise
    solution: Solution
    title: str = ""
    say: tuple[Paragraph, ...] = ()
    picture: LessonPicture | None = None
    prediction: LessonPrediction | None = None
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """`exercise` is the name under which `run` finds what the lesson is about."""

    name: str
    title: str
    question: str
    idea: tuple[Paragraph, ...]
    minutes: int
    exercise: str
    further: tuple[str, ...]
    screens: tuple[Screen, ...]
    path: Path
    remarks: Sequence[str] = field(default=())

    @property
    def predictions(self) -> int:
        """How many there are."""
        return sum(screen.prediction is not None for screen in self.screens)
