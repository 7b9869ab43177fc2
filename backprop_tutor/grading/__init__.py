"""Grading: one answer or a whole set of them, judged, explained, and never run as code."""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.grading.answer import Answer, read_answer
    from backprop_tutor.grading.checking import Checker, check, checker_of
    from backprop_tutor.grading.marker import Marker, mark, marker_of
    from backprop_tutor.grading.number import Number
    from backprop_tutor.grading.selection import SELECTIONS, AskedQuantity, asked, asked_steps
    from backprop_tutor.grading.verdict import Problem, Result, Verdict

__all__ = [
    "SELECTIONS",
    "Answer",
    "AskedQuantity",
    "Checker",
    "Marker",
    "Number",
    "Problem",
    "Result",
    "Verdict",
    "asked",
    "asked_steps",
    "check",
    "checker_of",
    "mark",
    "marker_of",
    "read_answer",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "answer": ("Answer", "read_answer"),
        "selection": ("SELECTIONS", "AskedQuantity", "asked", "asked_steps"),
        "checking": ("Checker", "check", "checker_of"),
        "marker": ("Marker", "mark", "marker_of"),
        "number": ("Number",),
        "verdict": ("Problem", "Result", "Verdict"),
    },
)
