"""What a lesson file and the file of a course may say: the models that check them."""

from fractions import Fraction
from typing import Any

from pydantic_core import SchemaValidator
from pydantic_core import core_schema as core

from backprop_tutor.exercise.schema_types import FORMULA, MINUTES, NUMBER, TEXT, Model, key, list_of

__all__ = [
    "COURSE_SCHEMA",
    "LESSON_SCHEMA",
    "ChoiceForm",
    "CourseFile",
    "LessonFile",
    "PictureForm",
    "PredictionForm",
    "ScreenForm",
    "checked_course",
    "checked_lesson",
]

_NAMED = core.str_schema(strict=True, min_length=1)
_PICTURES = "One of graph, matrices, curve and function."


class PictureForm(Model):
    """One picture, with all its numbers from the exercise."""

    graph: str | None = key(
        TEXT, "The network, with every value up to this quantity and its path marked; or all.", None
    )
    matrices: str | None = key(TEXT, "How this quantity is worked out from whole arrays.", None)
    curve: str | None = key(TEXT, "A number of the exercise, drawn as `of` varies.", None)
    of: str | None = key(TEXT, "With curve: the number that varies.", None)
    range: list[Fraction] | None = key(
        list_of(NUMBER, least=2, most=2), "With curve: from where to where, as in [-1, 3].", None
    )
    function: str | None = key(TEXT, "An activation such as relu, drawn with its slope.", None)


class ChoiceForm(Model):
    """One answer to choose, and when it is the right one."""

    say: str = key(_NAMED, "The answer, in a few words.")
    when: str = key(_NAMED, "What makes it the right one, as in dJ/dw < 0.")
    but: str = key(TEXT, "What to say to whoever chose it although it is not right.", "")


class PredictionForm(Model):
    """A question before the idea; exactly one of choices and number."""

    ask: str = key(_NAMED, "The question.")
    choices: list[ChoiceForm] | None = key(
        list_of(ChoiceForm.reference, least=2, most=6), "Answers to choose from; one holds.", None
    )
    number: str | None = key(FORMULA, "The answer, where it is a number: a formula such as dJ/dw.", None)
    then: str = key(_NAMED, "What is said once it is answered: why it is so.")


class ScreenForm(Model):
    """One screen, read from top to bottom: title, say, picture, predict or do."""

    title: str = key(TEXT, "A few words above it.", "")
    say: str = key(TEXT, "What it says; `names` and {values} are of the exercise.", "")
    picture: PictureForm | None = key(PictureForm.reference, _PICTURES, None)
    predict: PredictionForm | None = key(PredictionForm.reference, "A prediction.", None)
    do: list[str] | None = key(
        list_of(TEXT, least=1), "The quantities of the exercise to work out here, as in [z, J].", None
    )
    exercise: str | None = key(_NAMED, "Another exercise than that of the lesson, for this screen.", None)


class LessonFile(Model):
    """A lesson of Backprop Tutor."""

    title: str = key(_NAMED, "A few words, shown in the map of the course.")
    question: str = key(_NAMED, "What one wonders before the lesson, in one sentence.")
    idea: str = key(_NAMED, "What one knows after it, in one or two sentences.")
    minutes: int = key(MINUTES, "How long it takes; 5 if not given.", 5)
    exercise: str = key(_NAMED, "The exercise that its numbers are of: a shipped name, or a file beside it.")
    further: list[str] = key(list_of(_NAMED), "Exercises to go on with afterwards.", [])
    screens: list[ScreenForm] = key(list_of(ScreenForm.reference, least=1), "The screens, in order.")


class CourseFile(Model):
    """The order of the lessons in a folder."""

    title: str = key(_NAMED, "What the course is called.")
    about: str = key(TEXT, "For whom it is, in a sentence or two.", "")
    lessons: list[str] = key(list_of(_NAMED, least=1), "The lesson files beside it, without .yaml, in order.")
    further: list[str] = key(list_of(_NAMED), "Exercises to go on with after the course.", [])


def _schema(model: type[Model], *inner: type[Model]) -> Any:
    return core.definitions_schema(model.reference, [part.schema for part in (model, *inner)])


LESSON_SCHEMA = _schema(LessonFile, ScreenForm, PredictionForm, ChoiceForm, PictureForm)
COURSE_SCHEMA = _schema(CourseFile)
_LESSONS, _COURSES = SchemaValidator(LESSON_SCHEMA), SchemaValidator(COURSE_SCHEMA)


def checked_lesson(data: object) -> LessonFile:
    """The lesson that `data` spells. Raises pydantic's ValidationError."""
    file: LessonFile = _LESSONS.validate_python(data)
    return file


def checked_course(data: object) -> CourseFile:
    """The course that `data` spells. Raises pydantic's ValidationError."""
    file: CourseFile = _COURSES.validate_python(data)
    return file
