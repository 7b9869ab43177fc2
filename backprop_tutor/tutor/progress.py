"""What saved sessions and evidence say together: exercises done, misconceptions met, what next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backprop_tutor.exercise.catalogue import CatalogueEntry
from backprop_tutor.tutor.store import Saved

if TYPE_CHECKING:
    from backprop_tutor.tutor.evidence import Evidence  # imports numpy, which a list does without

__all__ = [
    "ExerciseProgress",
    "ProgressReport",
    "by_exercise",
    "next_exercise",
]


@dataclass(frozen=True, slots=True)
class ExerciseProgress:
    """One exercise: its best session so far, and how many there were. `ask` chose that one's questions."""

    key: str
    name: str
    title: str
    done: int
    questions: int
    at_once: int
    complete: bool
    sessions: int
    saved: float
    ask: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        if self.complete:
            return f"done, {self.at_once} of {self.questions} right at once"
        chosen = f" (--ask {' '.join(self.ask)})" if self.ask else ""
        return f"{self.done} of {self.questions} questions{chosen}"

    @property
    def mark(self) -> str:
        """The same for a narrow column: `done`, `4/10`."""
        return "done" if self.complete else f"{self.done}/{self.questions}"


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """What `progress` shows beside the skills; `exercises` by the folder of their sessions, and how often
    misconceptions were met for certain and possibly."""

    exercises: dict[str, ExerciseProgress]
    misconceptions: dict[str, int]
    possible: dict[str, int]
    following: CatalogueEntry | None

    @classmethod
    def of(
        cls, sessions: Sequence[Saved], evidence: "Iterable[Evidence]", entries: Sequence[CatalogueEntry]
    ) -> "ProgressReport":
        done = by_exercise(sessions)
        latest = max(done.values(), key=lambda exercise: exercise.saved, default=None)
        following = next_exercise(entries, done, latest.name if latest and latest.complete else "")
        answers = [entry.answered for entry in evidence if entry.answered.causes]
        met = Counter((answer.causes[0], answer.certain) for answer in answers).most_common()
        certain, possible = (
            {name: times for (name, is_certain), times in met if is_certain is wanted}
            for wanted in (True, False)
        )
        return cls(done, certain, possible, following)


def by_exercise(sessions: Iterable[Saved]) -> dict[str, ExerciseProgress]:
    """By the folder that the sessions lie in."""
    grouped: dict[str, list[Saved]] = {}
    for session in sessions:
        grouped.setdefault(session.path.parent.name if session.path else session.exercise, []).append(session)
    return {key: _one(key, group) for key, group in grouped.items()}


def _one(key: str, group: Sequence[Saved]) -> ExerciseProgress:
    best = max(group, key=lambda s: (s.complete, not s.ask, _done(s), _at_once(s), s.saved))
    return ExerciseProgress(
        key,
        best.exercise,
        best.title,
        _done(best),
        len(best.records),
        _at_once(best),
        best.complete,
        len(group),
        max(session.saved for session in group),
        best.ask,
    )


def next_exercise(
    entries: Sequence[CatalogueEntry], done: Mapping[str, ExerciseProgress], current: str = ""
) -> CatalogueEntry | None:
    """The exercise to do next: one begun, else the first open one of `entries` after `current`, or of all."""
    shipped = [entry for entry in entries if entry.shipped and not entry.fault]
    at = next((n for n, entry in enumerate(shipped) if entry.name == current), -1)
    in_turn = [*shipped[at + 1 :], *shipped[: max(at, 0)]]
    open_ones = [entry for entry in in_turn if not (entry.name in done and done[entry.name].complete)]
    begun = [entry for entry in open_ones if entry.name in done]
    return next(iter([*begun, *open_ones]), None)


def _done(session: Saved) -> int:
    return sum(record.status in ("right", "shown") for record in session.records.values())


def _at_once(session: Saved) -> int:
    return sum(record.outcome == "at once" for record in session.records.values())
