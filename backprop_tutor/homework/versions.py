"""The versions of an exercise: drawn by exercise, seed and student until they are good, equally hard, new."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from statistics import median_low
from typing import NamedTuple

from backprop_tutor.errors import BackpropTutorError, EvaluationError
from backprop_tutor.exercise.draws import Draws, Stream
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.ambiguities import Coincidences
from backprop_tutor.homework.demands import Demands, RefusedError
from backprop_tutor.walkthrough import Solution

__all__ = ["MAX_DRAWS", "SPREAD", "NoVersionError", "Version", "Versions"]

MAX_DRAWS = 2_000  # for one version
SPREAD = 0.2  # of the effort, to both sides of the target
SAMPLE = 31  # good versions that show what can be had


class Standard(NamedTuple):
    """What versions are held to: an effort near `effort`, and at most `coincidences` of misconceptions."""

    effort: int
    coincidences: int


class NoVersionError(BackpropTutorError):
    """The search found no version in its bound; the text says which demand stood in the way how often."""

    title = "There is no such version"
    exit_status = 3


@dataclass(frozen=True, slots=True)
class Version:
    """One student's exercise: `number` counts the draws it took, `effort` is how hard it is.

    `coincidences` counts the pairs of misconceptions that its numbers cannot tell apart.
    """

    student: str
    exercise: Exercise
    effort: int
    number: int
    coincidences: int

    @property
    def id(self) -> str:
        assert self.exercise.variant is not None
        return self.exercise.variant.id


class Versions:
    """The versions of `exercise` by `seed`: the same on every machine. `standard` where it is known."""

    def __init__(self, exercise: Exercise, seed: int, standard: Standard | None = None) -> None:
        self.exercise = exercise
        self.seed = seed
        self.draws = Draws(exercise)
        self._standard = standard

    @cached_property
    def demands(self) -> Demands:
        return Demands(self.exercise)

    @cached_property
    def coincidences(self) -> Coincidences:
        return Coincidences(Solution(self.exercise))

    @cached_property
    def standard(self) -> Standard:
        """From a sample, the same whatever the seed: its median effort, and of coincidences what its best
        quarter has (none, unless the exercise is such that hardly any numbers are free of them)."""
        if self._standard:
            return self._standard
        stream = self.draws.stream("how hard")
        refused: Counter[str] = Counter()
        drawn = (self._good(stream, refused) for _ in range(MAX_DRAWS))
        found = list(islice(filter(None, drawn), SAMPLE))
        if not found:
            raise self._none("", refused)
        shared = sorted(self.coincidences.count(solution) for solution, _ in found)
        return Standard(median_low(effort for _, effort in found), shared[len(shared) // 4])

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest effort of a version."""
        target = self.standard.effort
        return round(target * (1 - SPREAD)), round(target * (1 + SPREAD))

    def of(self, student: str, taken: Iterable[str] = ()) -> Version:
        """The first good version on the student's stream whose id is not among those `taken`."""
        stream = self.draws.stream(str(self.seed), student)
        low, high = self.bounds
        most = self.standard.coincidences
        refused: Counter[str] = Counter()
        others: set[str] = set()
        for number in range(1, MAX_DRAWS + 1):
            good = self._good(stream, refused)
            if good is None:
                continue
            solution, effort = good
            variant = solution.exercise.variant
            if not low <= effort <= high:
                refused[f"the effort is not from {low} to {high}"] += 1
            elif variant and variant.id in taken:
                refused["the version is another student's"] += 1
                others.add(variant.id)
            elif (shared := self.coincidences.count(solution, most)) > most:
                refused["misconceptions cannot be told apart"] += 1
            else:
                return Version(student, solution.exercise, effort, number, shared)
        raise self._none(student, refused, len(others))

    def first(self, key: str) -> Solution:
        """The first good version on the stream of `key`, however hard, for one who has the exercise to
        themselves. Raises NoVersionError."""
        stream = self.draws.stream(str(self.seed), key)
        refused: Counter[str] = Counter()
        found = (self._good(stream, refused) for _ in range(MAX_DRAWS))
        for solution, _ in filter(None, found):
            return solution
        raise self._none("", refused)

    def redraw(self, student: str, number: int) -> Exercise:
        """The exercise of the version that took `number` draws, without the search for it."""
        stream = self.draws.stream(str(self.seed), student)
        for _ in range(number - 1):
            self.draws.skip(stream)
        return self.draws.draw(stream)

    def _good(self, stream: Stream, refused: Counter[str]) -> tuple[Solution, int] | None:
        """The next version on the stream and its effort; None for one that is not good, counted."""
        solution = Solution(self.draws.draw(stream))
        try:
            return solution, self.demands.effort(solution)
        except RefusedError as error:
            refused[str(error)] += 1
        except EvaluationError as error:
            refused[f"{error.step} has no finite value"] += 1
        return None

    def _none(self, student: str, refused: Counter[str], others: int = 0) -> NoVersionError:
        """For a search in vain; `others` counts the different versions that it met and others have."""
        reasons = "; ".join(f"{reason} ({count:,} times)" for reason, count in refused.most_common(4))
        whose = f" for student {student}" if student else ""
        what = f"no version of {self.exercise.name}{whose} in {MAX_DRAWS:,} draws: {reasons}."
        if others:
            what += f" Only {others:,} different versions were met, and all of them are taken."
        return NoVersionError(what, hint="Let more numbers vary, or by more, under `variants`.")
