"""What happens in a session, one typed event after the other. Renderers paint them; --json prints them."""

import json
import re
from dataclasses import dataclass, fields
from typing import Any

from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.summary import Summary

__all__ = [
    "Asked",
    "Event",
    "Explained",
    "Finished",
    "Helped",
    "Hinted",
    "Left",
    "Listed",
    "Marked",
    "Opened",
    "Skipped",
    "Solved",
    "Told",
    "json_line",
]


@dataclass(frozen=True, slots=True)
class Opened:
    """The session begins; `done` questions were settled in a saved one that goes on."""

    exercise: str
    title: str
    questions: int
    done: int


@dataclass(frozen=True, slots=True)
class Asked:
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


@dataclass(frozen=True, slots=True)
class Marked:
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


@dataclass(frozen=True, slots=True)
class Hinted:
    question: Question
    level: int
    levels: int
    text: str


@dataclass(frozen=True, slots=True)
class Solved:
    """A question is settled, and its step may be seen; `shown` if the student did not find it."""

    question: Question
    shown: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The derivation of this step was asked for."""

    question: Question


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known was asked for."""

    question: Question


@dataclass(frozen=True, slots=True)
class Skipped:
    question: Question


@dataclass(frozen=True, slots=True)
class Helped:
    """The words of the prompt were asked for."""

    question: Question


@dataclass(frozen=True, slots=True)
class Told:
    """A remark on what was typed, where it was no answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Left:
    """The student left before the end."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class Finished:
    """Every question was asked, or the answers ran out."""

    summary: Summary


Event = (
    Opened | Asked | Marked | Hinted | Solved | Explained | Listed | Skipped | Helped | Told | Left | Finished
)


def json_line(event: Event, **extra: Any) -> str:
    """The event as one line of JSON, format 1; `extra` fields join it."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(event).__name__).lower()
    document: dict[str, Any] = {"format": 1, "event": name}
    for each in fields(event):
        value = getattr(event, each.name)
        if isinstance(value, Question):
            document |= {"quantity": value.target, "phase": value.phase, "part": value.part}
        elif isinstance(value, Summary):
            document |= value.as_json()
        else:
            document[each.name] = list(value) if isinstance(value, tuple) else value
    return json.dumps(document | extra, ensure_ascii=False, allow_nan=False)
