"""What happens in a session, one typed event after the other. Renderers paint them; --json prints them."""

import json
from typing import Any, NamedTuple

from backprop_tutor.tutor.nudge import Nudge
from backprop_tutor.tutor.predictions import Prediction
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.summary import Summary

__all__ = [
    "Asked",
    "Event",
    "Explained",
    "Filled",
    "Finished",
    "Guessed",
    "Helped",
    "Hinted",
    "KnownListed",
    "Left",
    "Marked",
    "Opened",
    "Skipped",
    "Solved",
    "Told",
    "Tried",
    "json_line",
]


class Opened(NamedTuple):
    """The session begins; `done` questions were settled in a saved one that goes on."""

    exercise: str
    title: str
    questions: int
    done: int


class Asked(NamedTuple):
    """`number` of `questions` in the exercise, `step` of `steps` in its phase (places start at 1).

    `before` is the student's answer so far, where the question was gone back to, and `verdict` its own.
    `prediction` may be made first, without arithmetic. `rest` counts the elements that are asked together
    because this kind of step has been answered rightly twice: they may be filled in. `arrived`: it is asked
    for the first time since something else was.
    """

    question: Question
    number: int
    questions: int
    step: int
    steps: int
    before: str = ""
    verdict: str = ""
    prediction: Prediction | None = None
    rest: int = 0
    arrived: bool = False


class Marked(NamedTuple):
    """An answer was judged. `echo` is how it was read, `place` the stretch of
    the text that could not be. `goes_on` says that the next question follows."""

    question: Question
    text: str
    verdict: str
    message: str
    misconceptions: tuple[str, ...]
    ambiguous: bool
    echo: str
    place: tuple[int, int] | None
    goes_on: bool


class Guessed(NamedTuple):
    """A prediction was made."""

    question: Question
    text: str
    right: bool
    because: str


class Hinted(NamedTuple):
    question: Question
    level: int
    levels: int
    text: str


class Solved(NamedTuple):
    """A question is settled, and its step may be seen; `shown` if the student did not find it. `own` is
    an answer that is right but for an earlier slip, and so another one than the step's."""

    question: Question
    shown: bool
    own: str = ""


class Explained(NamedTuple):
    """Why this step is as it is was asked for, the first time in numbers (`level` 1 of `levels`), then, where
    these say something new, in letters and with indices."""

    question: Question
    level: int = 1
    levels: int = 3


class Tried(NamedTuple):
    """A number was changed, to see what the loss does."""

    question: Question
    nudge: Nudge


class KnownListed(NamedTuple):
    """What is known was asked for."""

    question: Question


class Skipped(NamedTuple):
    """The student goes on; `answer` is the one that stands from here on."""

    question: Question
    answer: str = ""


class Filled(NamedTuple):
    """The rest of an array was filled in: so many elements."""

    question: Question
    filled: int


class Helped(NamedTuple):
    """The words of the prompt were asked for."""

    question: Question


class Told(NamedTuple):
    """A remark on what was typed, where it was no answer."""

    text: str


class Left(NamedTuple):
    """The student left before the end."""

    summary: Summary


class Finished(NamedTuple):
    """Every question was asked, or the answers ran out."""

    summary: Summary


Event = (
    Opened
    | Asked
    | Marked
    | Guessed
    | Hinted
    | Solved
    | Explained
    | Tried
    | KnownListed
    | Skipped
    | Filled
    | Helped
    | Told
    | Left
    | Finished
)


def json_line(event: Event, **extra: Any) -> str:
    """The event as one line of JSON, format 1; `extra` fields join it."""
    document: dict[str, Any] = {"format": 1, "event": type(event).__name__.lower()}
    for name, value in event._asdict().items():
        if isinstance(value, Question):
            document |= {"quantity": value.target, "phase": value.phase, "part": value.part}
        elif isinstance(value, Summary):
            document |= value.as_json()
        elif isinstance(value, Prediction):
            document["prediction"] = {"text": value.text, "choices": list(value.choices)}
        elif isinstance(value, Nudge):
            document |= value.as_json()
        else:
            document[name] = list(value) if isinstance(value, tuple) else value
    return json.dumps(document | extra, ensure_ascii=False, allow_nan=False)
