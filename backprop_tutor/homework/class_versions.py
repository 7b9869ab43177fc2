"""The versions of a whole class, drawn and proved on several cores, the same whatever their number.

Where two students draw the same version, one of them goes on drawing: the same one in whatever order the
class is listed.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.homework.roster import Roster
from backprop_tutor.homework.version_proof import prove as proof
from backprop_tutor.homework.versions import Standard, Version, Versions
from backprop_tutor.homework.worker_pool import Task, WorkerPool

__all__ = ["Drawn", "draw_class", "versions_of"]

FEW = 40  # students whose versions are drawn sooner than workers start
TIMEOUT = 300.0  # seconds for one version: the search has a bound of its own

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A version, and how many of its gradients other routes confirmed (None: not asked)."""

    version: Version
    proved: int | None = None


def draw_class(
    exercise: Exercise,
    seed: int,
    students: Sequence[str],
    *,
    prove: bool = False,
    jobs: int = 0,
    progress: Progress = lambda done, total: None,
) -> list[Drawn]:
    """One version a student, in order; each differs from all others and from the exercise.

    Raises NoVersionError, and ProofError where a route disagrees.
    """
    versions = Versions(exercise, seed)
    drawn: dict[str, Drawn] = {}
    for found in _each(versions, students, prove, jobs or os.cpu_count() or 1):
        drawn[found.version.student] = found
        progress(len(drawn), len(students))
    taken = {versions.draws.identity(exercise.values)}
    for student in sorted(drawn, key=lambda student: _turn(seed, student)):
        if drawn[student].version.id in taken:
            drawn[student] = _draw(versions, student, prove, taken)
        taken.add(drawn[student].version.id)
    return [drawn[student] for student in students]


def versions_of(exercise: Exercise, roster: Roster, seed: int, jobs: int = 0) -> dict[str, tuple[str, int]]:
    """The id of each student's version, and the draws that lead to it: as the roster says, or else as `seed`
    gives them. Raises UsageError where those of the roster are not of this exercise and seed."""
    if not roster.versions:
        drawn = draw_class(exercise, seed, roster.students, jobs=jobs)
        return {one.version.student: (one.version.id, one.version.number) for one in drawn}
    student, (version, draws) = next(iter(roster.versions.items()))
    variant = Versions(exercise, seed).redraw(student, draws).variant
    if variant is None or variant.id != version:
        what = f"the roster's versions are not those that {exercise.name} has with the seed {seed}."
        hint = "Give the seed of `variants` with --seed, and the exercise that they were made of."
        raise UsageError(what, hint=hint)
    return dict(roster.versions)


def _turn(seed: int, student: str) -> bytes:
    """Who comes first keeps a version that others draw, too."""
    return sha256(f"{seed}\x1f{student}".encode("utf-8", "surrogatepass")).digest()


def _each(versions: Versions, students: Sequence[str], prove: bool, jobs: int) -> Iterator[Drawn]:
    """Each student's first good version, whoever else has it."""
    if jobs == 1 or len(students) < FEW:
        yield from (_draw(versions, student, prove) for student in students)
        return
    setup = versions.exercise, versions.seed, versions.standard, prove
    pool = WorkerPool(make_drawer, setup, jobs, TIMEOUT)
    for result in pool.run(Task(student, len(student)) for student in students):
        if not isinstance(result, Drawn):
            raise result if isinstance(result, Exception) else BackpropTutorError(result.reason)
        yield result


def make_drawer(
    exercise: Exercise, seed: int, standard: Standard, prove: bool
) -> Callable[[str], Drawn | BackpropTutorError]:
    """What a worker does."""
    versions = Versions(exercise, seed, standard)

    def draw(student: str) -> Drawn | BackpropTutorError:
        try:
            return _draw(versions, student, prove)
        except BackpropTutorError as error:
            return error

    return draw


def _draw(versions: Versions, student: str, prove: bool, taken: set[str] | None = None) -> Drawn:
    version = versions.of(student, taken or ())
    return Drawn(version, proof(version.exercise) if prove else None)
