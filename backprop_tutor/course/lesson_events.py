"""What happens in a lesson, one typed line after the other. Renderers paint it."""

from typing import NamedTuple

from backprop_tutor.course.lesson import Lesson, LessonPrediction, Screen
from backprop_tutor.course.lesson_state import Guess

__all__ = [
    "ExerciseDue",
    "LessonEnded",
    "LessonEvent",
    "LessonLeft",
    "Predicted",
    "Remarked",
    "ScreenShown",
]


class ScreenShown(NamedTuple):
    """`number` of `screens`, from 1. `guess` is what was predicted here before."""

    lesson: Lesson
    screen: Screen
    number: int
    screens: int
    guess: Guess | None = None


class Predicted(NamedTuple):
    """A prediction was made, and is held against what is so."""

    prediction: LessonPrediction
    guess: Guess


class ExerciseDue(NamedTuple):
    """Part of an exercise is to be worked out now, in a session of the tutor's own."""

    screen: Screen


class Remarked(NamedTuple):
    """Something about what was typed, which changed nothing."""

    text: str


class LessonLeft(NamedTuple):
    """The learner goes, and may come back to this screen."""

    lesson: Lesson


class LessonEnded(NamedTuple):
    """The last screen is read. `right` of the `guesses` were."""

    lesson: Lesson
    right: int
    guesses: int


LessonEvent = ScreenShown | Predicted | ExerciseDue | Remarked | LessonLeft | LessonEnded
