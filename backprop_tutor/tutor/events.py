"""What happens in a session, one typed event after the other. Renderers paint them; --json prints them."""

import json
from typing import Any, NamedTuple

from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.summary import Summary

__all__ = [
    "Asked",
    "Event",
    "Explained",
    "Finished",
    "Helped",
    "Hinted",
    "KnownListed",
    "Left",
    "Marked",
    "Opened",
    "Skipped",
    "Solved",
    "Told",
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
    """

    question: Question
    number: int
    questions: int
    step: int
    steps: int
    before: str = ""
    verdict: str = ""


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
    """The derivation of this step was asked for."""

    question: Question


class KnownListed(NamedTuple):
    """What is known was asked for."""

    question: Question


class Skipped(NamedTuple):
    """The student goes on; `answer` is the one that stands from here on."""

    question: Question
    answer: str = ""


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
    | Hinted
    | Solved
    | Explained
    | KnownListed
    | Skipped
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
        else:
            document[name] = list(value) if isinstance(value, tuple) else value
    return json.dumps(document | extra, ensure_ascii=False, allow_nan=False)
