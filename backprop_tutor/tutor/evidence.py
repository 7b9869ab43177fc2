"""What answers say of what a student can do: the one door that they all come through, and where it is kept.

Every program appends to a file of its own, one answer a line: two that run at once never write to the same
file, and a kill in the midst of a line costs no other. But for `reset`, nothing written is changed.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

from backprop_tutor.errors import AccessError, UsageError
from backprop_tutor.exercise.draws import fingerprint
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.files import reason, replace_file
from backprop_tutor.tutor.skills import skills_of
from backprop_tutor.tutor.state import NOT_AN_ANSWER, RIGHT
from backprop_tutor.tutor.store import key_of_exercise, state_folder
from backprop_tutor.walkthrough import Solution

__all__ = ["SHOWN", "Answered", "Evidence", "EvidenceLog", "Place", "record", "record_all"]

SHOWN = "shown"  # beside the verdicts of grading: the answer was given away
SLACK = 300.0  # seconds that a clock may be ahead
LONGEST = 200  # characters kept of a name

Place = Literal["run", "learn", "practice", "check", "code"]
Tested = tuple[tuple[str, ...], tuple[str, ...] | None]  # skills, and slips that would show
FROM_FILES = ("check", "code")  # where the same answer is marked again and again


class Answered(NamedTuple):
    """One answer to a `quantity`, an element or an array: one of grading's verdicts, or "shown" where it was
    given away, or "skipped" after hints. `causes` are the misconceptions behind it, the likeliest first,
    `certain` unless another slip may be meant; `hints` were given before it."""

    quantity: str
    verdict: str
    causes: tuple[str, ...] = ()
    hints: int = 0
    certain: bool = True

    @property
    def counts(self) -> bool:
        """Whether it says anything: what cannot be read or judged does not."""
        return self.verdict not in NOT_AN_ANSWER


class Evidence(NamedTuple):
    """An answer as it is kept. `exercise` is the key of its saved progress, `numbers` tells versions of it
    apart. `skills` are those that the step takes, `shows` the misconceptions usual with them that would have
    given another number, None where that is not known. `place` is the command that marked it, `sitting` the
    program that wrote it down."""

    when: float
    exercise: str
    numbers: str
    answered: Answered
    skills: tuple[str, ...] = ()
    shows: tuple[str, ...] | None = None
    place: str = "run"
    sitting: str = ""

    @property
    def is_right(self) -> bool:
        return self.answered.verdict in RIGHT

    @property
    def question(self) -> tuple[str, str, str]:
        """What tells it from every other question."""
        return self.exercise, self.numbers, self.answered.quantity


class EvidenceLog:
    """The evidence in a folder of saved progress."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "evidence"
        self.notes: list[str] = []
        self._own: Path | None = None  # the file of this program
        self._last: dict[tuple[str, str, str], Answered] | None = None

    def add(self, entries: Iterable[Evidence]) -> None:
        """Append `entries`; they have reached the disk then. Raises AccessError."""
        lines = "".join(map(_line, entries))
        if not lines:
            return
        try:
            if self._own is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._own = self.folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(4).hex()}.jsonl"
            with self._own.open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(lines)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise self._failed("saved", error) from None

    def add_new(self, entries: Iterable[Evidence]) -> None:
        """The same for answers from a file: one that it gave before is none. Raises AccessError."""
        if self._last is None:
            self._last = {entry.question: entry.answered for entry in self.entries()}
        new = [entry for entry in entries if self._last.get(entry.question) != entry.answered]
        self.add(new)
        self._last |= {entry.question: entry.answered for entry in new}

    def put(self, name: str, entries: Iterable[Evidence]) -> None:
        """A whole file of `entries`, unless there is one of that `name`. Raises AccessError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                replace_file(
                    self.folder / f"{name}.jsonl", "".join(map(_line, entries)), over=False, lasting=True
                )
        except OSError as error:
            raise self._failed("saved", error) from None

    def entries(self, now: float | None = None) -> list[Evidence]:
        """All of it, oldest first. What a clock that ran ahead dated later than `now` counts as of the last
        moment that can be true."""
        found = [entry for path in self._files() for entry in self._read(path)]
        latest = (time.time() if now is None else now) + SLACK
        believed = max((entry.when for entry in found if entry.when <= latest), default=latest - SLACK)
        dated = (entry if entry.when <= latest else entry._replace(when=believed) for entry in found)
        return sorted(dated, key=lambda entry: entry.when)  # stable: those of one moment keep their order

    def reset(self, exercise: str | None = None) -> None:
        """Delete all of it, or what belongs to one exercise. Raises AccessError."""
        try:
            for path in self._files():
                kept = [entry for entry in self._read(path) if exercise not in (None, entry.exercise)]
                if kept:
                    replace_file(path, "".join(map(_line, kept)), lasting=True)
                else:
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise self._failed("deleted", error) from None

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    def _read(self, path: Path) -> Iterator[Evidence]:
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError as error:
            self.notes.append(f"{path} cannot be read: {reason(error)}.")
            return
        for line in filter(None, lines):
            with suppress(
                ValueError, TypeError, KeyError, AttributeError, RecursionError
            ):  # cut off, or newer
                yield _evidence(json.loads(line), path.stem)

    def _failed(self, what: str, error: OSError) -> AccessError:
        return AccessError(
            f"progress cannot be {what}: {reason(error)}.", where=str(self._own or self.folder)
        )


def record(
    exercise: Exercise,
    quantity: str,
    verdict: str,
    causes: Sequence[str] = (),
    hints: int = 0,
    when: float | None = None,
    *,
    place: Place = "run",
    certain: bool = True,
) -> None:
    """Take an answer for evidence: see `Answered`, and `record_all` for several at once.

    `when` is now unless said. Verdicts that cost nothing (invalid, undecided, blank) are no evidence.
    """
    record_all(exercise, [Answered(quantity, verdict, tuple(causes), hints, certain)], when, place=place)


def record_all(
    exercise: Exercise, answers: Iterable[Answered], when: float | None = None, *, place: Place = "run"
) -> None:
    """Take `answers` to questions of one exercise for evidence. Never raises: where progress cannot be
    kept, none is. What a file says again, a sheet checked twice, counts once."""
    log = _log(state_folder())
    add = log.add_new if place in FROM_FILES else log.add
    with suppress(AccessError):
        add(evidence_of(exercise, answers, when, place))


def evidence_of(
    exercise: Exercise, answers: Iterable[Answered], when: float | None = None, place: str = "run"
) -> list[Evidence]:
    """The `answers` that are evidence, with the skills that their steps take."""
    moment = time.time() if when is None else when
    key, numbers, tested = _about(exercise)
    return [
        Evidence(moment, key, numbers, answered, *tested(answered.quantity), place)
        for answered in answers
        if answered.counts
    ]


@lru_cache(maxsize=8)
def _log(folder: Path) -> EvidenceLog:
    return EvidenceLog(folder)


@lru_cache(maxsize=8)
def _about(exercise: Exercise) -> tuple[str, str, Callable[[str], Tested]]:
    """The key of an exercise, the mark of its numbers, and what each of its quantities tests."""
    from backprop_tutor.tutor.visible_slips import visible_slips  # after the first screen

    solution = Solution(exercise)
    telling_of = lru_cache(maxsize=None)(partial(visible_slips, solution))

    @cache
    def tested(quantity: str) -> Tested:
        try:
            found = solution.find(quantity)
            step = solution.step(found.name)
        except UsageError:
            return (), None
        if step is None:
            return (), None
        skills = skills_of(step)
        region = tuple(slice(None) if place is None else place for place in found.region)
        usual = {slip for skill in skills for slip in skill.slips}
        ids, changed = tuple(skill.id for skill in skills), telling_of(found.name)
        if changed is None:
            return ids, None
        return ids, tuple(slip for slip, at in changed.items() if slip in usual and at[region].any())

    return key_of_exercise(exercise), fingerprint(exercise)[:12], tested


def _line(entry: Evidence) -> str:
    """With a line end before it too, so that what a kill cut off spoils nothing."""
    quantity, verdict, causes, hints, certain = entry.answered
    document = {
        "when": round(entry.when, 3),
        "exercise": entry.exercise,
        "numbers": entry.numbers,
        "quantity": quantity[:LONGEST],
        "verdict": verdict,
        "causes": causes,
        "hints": hints,
        "certain": certain,
        "skills": entry.skills,
        "shows": entry.shows,
        "place": entry.place,
    }
    return f"\n{json.dumps(document)}\n"


def _evidence(document: Any, sitting: str) -> Evidence:
    """Raises ValueError, TypeError or KeyError for a document of another shape."""
    answered = Answered(
        str(document["quantity"]),
        str(document["verdict"]),
        tuple(map(str, document["causes"])),
        int(document["hints"]),
        bool(document["certain"]),
    )
    skills, shows = tuple(map(str, document["skills"])), document.get("shows")
    shows = None if shows is None else tuple(map(str, shows))
    when, (exercise, numbers) = float(document["when"]), (str(document["exercise"]), str(document["numbers"]))
    if not 0 <= when < 1e11:
        raise ValueError(when)
    return Evidence(when, exercise, numbers, answered, skills, shows, str(document["place"]), sitting)
