"""What is said of one array of a program, and of all of them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.grading.verdict import PASSED, Judgement, marks_document

__all__ = ["ArrayResult", "ArrayVerdict"]


@dataclass(frozen=True, slots=True)
class ArrayVerdict:
    """The verdict on the array in `variable`, given for `quantity`.

    `shape` is that of the array given, None where there is none. `misconceptions` are the ids of what
    explains a wrong one, the most usual first; `ambiguous` where another slip may be meant. `entries_wrong`
    counts the numbers that are wrong, all of them where the shape is. `line` says where the variable was
    assigned, where that is known. `origin` names the earlier quantity in which the slip was made.
    """

    quantity: str
    variable: str
    verdict: Judgement
    shape: Shape | None = None
    misconceptions: tuple[str, ...] = ()
    ambiguous: bool = False
    entries_wrong: int = 0
    message: str = ""
    line: str = ""
    origin: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict in PASSED

    def document(self) -> dict[str, Any]:
        """As in the JSON of `code`."""
        return {
            "quantity": self.quantity,
            "variable": self.variable,
            "shape": None if self.shape is None else list(self.shape),
            "verdict": self.verdict,
            "misconceptions": list(self.misconceptions),
            "ambiguous": self.ambiguous,
            "entries_wrong": self.entries_wrong,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class ArrayResult:
    """`verdicts` has one entry a quantity asked, in walkthrough order; `marks` and `weights` go with it."""

    exercise: str
    verdicts: tuple[ArrayVerdict, ...]
    marks: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return float(sum(self.marks))

    @property
    def out_of(self) -> float:
        return float(sum(self.weights))

    @property
    def all_right(self) -> bool:
        return all(verdict.verdict == "correct" for verdict in self.verdicts)

    def document(self) -> dict[str, Any]:
        """The JSON of `code`."""
        arrays = [verdict.document() for verdict in self.verdicts]
        return {**marks_document(self.exercise, self.score, self.out_of), "arrays": arrays}
