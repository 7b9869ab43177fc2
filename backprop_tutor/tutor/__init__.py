"""The tutor: a session as a pure state machine, its hints, its saved progress."""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.tutor.hints import Hints
    from backprop_tutor.tutor.question_step import Steps
    from backprop_tutor.tutor.questions import Question, questions_of
    from backprop_tutor.tutor.session import Session
    from backprop_tutor.tutor.session_marker import SessionMarker
    from backprop_tutor.tutor.state import QuestionRecord, State, Try
    from backprop_tutor.tutor.store import Saved, Store
    from backprop_tutor.tutor.summary import Summary, summarize

__all__ = [
    "Hints",
    "Question",
    "QuestionRecord",
    "Saved",
    "Session",
    "SessionMarker",
    "State",
    "Steps",
    "Store",
    "Summary",
    "Try",
    "questions_of",
    "summarize",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "hints": ("Hints",),
        "session_marker": ("SessionMarker",),
        "questions": ("Question", "questions_of"),
        "session": ("Session",),
        "state": ("QuestionRecord", "State", "Try"),
        "question_step": ("Steps",),
        "store": ("Saved", "Store"),
        "summary": ("Summary", "summarize"),
    },
)
