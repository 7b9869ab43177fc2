"""The outcome of checking a whole set of answers."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from backprop_tutor.grading.verdict import Verdict

__all__ = ["Problem", "Result"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the set of answers rather than about one of them: an unknown quantity, a shape."""

    quantity: str
    what: str


@dataclass(frozen=True, slots=True)
class Result:
    """`verdicts` has one entry an element asked, in walkthrough order; `marks` and `weights` go with it.
    `out_of` is the sum of the weights."""

    exercise: str
    verdicts: tuple[Verdict, ...]
    marks: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]
    out_of: float
    problems: tuple[Problem, ...] = ()

    @property
    def score(self) -> float:
        return float(sum(filter(None, self.marks)))

    @property
    def all_right(self) -> bool:
        return all(verdict.verdict == "correct" for verdict in self.verdicts) and not self.problems

    def document(self) -> dict[str, Any]:
        """The JSON of `check`."""
        return {
            "format": 1,
            "exercise": self.exercise,
            "score": self.score,
            "out_of": self.out_of,
            "answers": [verdict.document() for verdict in self.verdicts],
        }
