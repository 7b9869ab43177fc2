"""What is said of one answer, and of a whole set of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from backprop_tutor.grading.number import Number

__all__ = ["PASSED", "Judgement", "Problem", "Result", "Verdict", "marks_document"]

Judgement = Literal["correct", "follow-through", "wrong", "undecided", "invalid", "blank"]
PASSED = ("correct", "follow-through")
"""Right, or right but for an earlier slip."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one answer.

    `quantity` is the element or array asked, `given` the text as typed (cleaned), `echo` how it was
    read. `misconceptions` are the ids of what explains a wrong answer, the most usual first; `ambiguous`
    where another slip may be meant: the first is then a possible cause, else a certain one. `slip` says it
    without the formula that `message` has. `number` is the value as read, None where there is none. `origin`
    names the earlier slip that a follow-through carries on. `place` is the stretch of the text that could not
    be read. A whole array's verdict sums up its `entries`, one verdict an element.
    """

    quantity: str
    given: str
    verdict: Judgement
    echo: str = ""
    misconceptions: tuple[str, ...] = ()
    ambiguous: bool = False
    message: str = ""
    number: Number | None = None
    rounded: bool = False
    origin: str = ""
    slip: str = ""
    place: tuple[int, int] | None = None
    entries: "tuple[Verdict, ...]" = field(default=(), repr=False)

    @property
    def passed(self) -> bool:
        return self.verdict in PASSED

    def elements(self) -> "Iterator[Verdict]":
        """The verdicts on single elements: what a history holds, by their `quantity`."""
        yield from self.entries or (self,)

    def document(self) -> dict[str, Any]:
        """As in the JSON of `check`."""
        return {
            "quantity": self.quantity,
            "given": self.given,
            "verdict": self.verdict,
            "misconceptions": list(self.misconceptions),
            "ambiguous": self.ambiguous,
            "message": self.message,
        }


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
        answers = [verdict.document() for verdict in self.verdicts]
        return {**marks_document(self.exercise, self.score, self.out_of), "answers": answers}


def marks_document(exercise: str, score: float, out_of: float) -> dict[str, Any]:
    """What the JSON of every marking begins with."""
    return {"format": 1, "exercise": exercise, "score": score, "out_of": out_of}
