"""The marking of a class: every sheet in its own time limit, in order, going on where it was left.

`details.jsonl` is its own memory: its lines are in the order of the sheets, each with a digest of what it
came from, so an earlier run's lines are taken over by reading the two side by side.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.draws import fingerprint
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.files import access_error, make_folder
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.gradebook import Gradebook
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.memory import Earlier
from backprop_tutor.homework.own_files import DETAILS, GRADES
from backprop_tutor.homework.record import SheetRecord, read_record, refused
from backprop_tutor.homework.statistics import ClassReport
from backprop_tutor.homework.students import student_finder
from backprop_tutor.homework.submissions import Listed, Refusal, Submissions, open_source
from backprop_tutor.homework.worker import Job, Plan, make_marker
from backprop_tutor.homework.worker_pool import Lost, Ready, Task, WorkerPool
from backprop_tutor.language import clean
from backprop_tutor.version import __version__
from backprop_tutor.walkthrough import Solution

__all__ = ["ClassOptions", "Classroom", "grade", "grade_list", "grade_one"]

TIMEOUT = 5.0
ENDINGS = (".yaml", ".yml", ".csv", ".tsv", ".json", ".txt")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """How a class is marked. With a `roster` each student has the version that `seed` gives them: one of
    the `versions` that are known (the id, and the draws that lead to it), or else it is searched for."""

    jobs: int = 0  # 0: as many as there are cores
    timeout: float = TIMEOUT  # seconds a sheet
    follow_through: Fraction | None = None
    student_from: str | None = None
    roster: tuple[str, ...] | None = None
    seed: int = 0
    versions: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    leave_out: tuple[Path, ...] = ()  # files among the sheets that are none


class Classroom:
    """Marks sheets of `exercise` one after the other."""

    def __init__(self, exercise: Exercise, options: ClassOptions) -> None:
        self.exercise = exercise
        self.options = options
        self.student_of = student_finder(exercise.name, options.student_from, options.roster)
        self.marking = SheetMarker(Solution(exercise), options.follow_through)
        self.versions = dict(options.versions)
        if options.roster is not None and not self.versions:
            for drawn in draw_class(exercise, options.seed, options.roster, jobs=options.jobs):
                version = drawn.version
                self.versions[version.student] = version.id, version.number
        asked = [name for question in self.marking.checker.questions for name in question.elements]
        self.salt = repr((__version__, fingerprint(exercise), str(self.marking.checker.share), asked,
                          list(self.marking.checker.weights)))  # fmt: skip

    def records(
        self, source: Submissions, names: Iterable[str], earlier: Callable[[str, str], str | None]
    ) -> Iterator[SheetRecord]:
        """The record of each sheet, in order; `earlier(sheet, digest)` gives a line known already."""
        heads: list[dict[str, Any]] = []

        def tasks() -> Iterator[Task | Ready]:
            for name in names:
                task = self._task(source, name, earlier)
                heads.append(task.payload.head if isinstance(task, Task) else {})
                yield task

        seed = self.options.seed if self.options.roster is not None else None
        plan = Plan(self.exercise, self.options.follow_through, seed)
        jobs = self.options.jobs or os.cpu_count() or 1
        pool = WorkerPool(make_marker, (plan,), jobs, self.options.timeout)
        for result in pool.run(tasks()):
            head = heads.pop(0)
            if isinstance(result, Lost):
                head.pop("digest")  # the next call tries it again
                yield refused(head, "refused", result.reason)
            else:
                yield result

    def _task(
        self, source: Submissions, name: str, earlier: Callable[[str, str], str | None]
    ) -> Task | Ready:
        shown = clean(name)
        student = self.student_of(name)
        version, draws = self.versions.get(student, ("", 0))
        head: dict[str, Any] = {"student": student, "sheet": shown, "exercise": self.exercise.name}
        if self.versions and not version:
            return Ready(refused(head, "refused", "the student is not on the roster"))
        content = source.read(name)
        if isinstance(content, Refusal):
            return Ready(refused(head, "refused", content.reason))
        head["digest"] = sha256(
            f"{self.salt}\0{student}\0{version}\0{shown}\0".encode() + content
        ).hexdigest()[:20]
        known = earlier(shown, head["digest"])
        if known:
            return Ready(read_record(known, self.marking.checker.quantity_of))
        return Task(Job(head, name, content, version, draws), len(content))


def grade(
    exercise: Exercise,
    sheets: Path,
    out: Path,
    options: ClassOptions | None = None,
    progress: Progress = lambda done, total: None,
) -> ClassReport:
    """Mark every sheet in the folder or zip file `sheets`; write grades.csv and details.jsonl into `out`.

    A call that was interrupted is gone on with, and sheets that have not changed are not marked again.
    Raises AccessError where nothing can be read or written.
    """
    options = options or ClassOptions()
    make_folder(out)
    finals = [out / GRADES, out / DETAILS]
    parts = [path.with_name(f"{path.name}.part") for path in finals]
    own = [*finals, *parts, *(path.with_name(f"{path.name}.left") for path in parts), *options.leave_out]
    source = open_source(sheets, own)
    names = source.names()
    if not names:
        raise AccessError("there are no sheets in it.", where=clean(str(sheets)))
    classroom = Classroom(exercise, options)
    checker = classroom.marking.checker
    report = ClassReport(exercise.name, exercise.title, checker.out_of, list(checker.quantity_of))
    seen: set[str] = set()
    try:
        with ExitStack() as stack:
            earlier = stack.enter_context(Earlier(finals[1], parts[1]))
            book = stack.enter_context(Gradebook(checker, *parts))
            for done, record in enumerate(classroom.records(source, names, earlier.line), 1):
                book.write(record)
                report.add(record)
                if options.roster is not None:
                    seen.add(record.student)
                progress(done, len(names))
            for student in options.roster or ():
                if student not in seen:
                    head = {"student": student, "sheet": "", "exercise": exercise.name}
                    record = refused(head, "missing", "no sheet was handed in")
                    book.write(record)
                    report.add(record)
        for part, final in zip(parts, finals, strict=True):
            os.replace(part, final)
    except OSError as error:
        raise access_error(error, out, "written") from None
    return report


def grade_list(exercise: Exercise, paths: Iterable[str], options: ClassOptions) -> Iterator[str]:
    """The line of details of each sheet at `paths`, in order as they come, nothing kept."""
    records = Classroom(exercise, options).records(Listed(), paths, _nothing)
    return (record.line for record in records)


def grade_one(exercise: Exercise, sheet: Path, options: ClassOptions) -> tuple[str, float]:
    """The line of details of one submission, and the most marks: a sheet, or a folder that holds one."""
    classroom = Classroom(exercise, options)
    source: Submissions = Listed()
    names = [str(sheet)]
    if sheet.is_dir() or sheet.suffix.lower() == ".zip":
        source = open_source(sheet, options.leave_out)
        names = source.names()
        names = [name for name in names if name.lower().endswith(ENDINGS)] or names
    out_of = classroom.marking.checker.out_of
    if len(names) != 1:
        head = {"student": "", "sheet": "", "exercise": exercise.name}
        found = f"{len(names)} files ({', '.join(map(clean, names[:5]))}) were" if names else "nothing was"
        return refused(head, "refused", f"one sheet is expected, but {found} handed in").line, out_of
    return next(classroom.records(source, names, _nothing)).line, out_of


def _nothing(sheet: str, digest: str) -> None:
    """No earlier line."""
