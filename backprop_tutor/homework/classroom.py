"""The marking of a class: every sheet in its own time limit, in order, going on where it was left.

`details.jsonl` is its own memory: its lines are in the order of the students and their sheets, each with a
digest of what it came from, so an earlier run's lines are taken over by reading the two side by side.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.draws import fingerprint
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.files import access_error, make_folder
from backprop_tutor.homework.class_versions import versions_of
from backprop_tutor.homework.counting import counting
from backprop_tutor.homework.dask_pool import DaskPool
from backprop_tutor.homework.earlier_run import Earlier
from backprop_tutor.homework.folder_lock import alone_in
from backprop_tutor.homework.gradebook import Gradebook
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.own_files import DETAILS, GRADES, refuse_marks_of_another, refuse_others
from backprop_tutor.homework.roster import Roster
from backprop_tutor.homework.sheet_record import SheetRecord, read_record, refused
from backprop_tutor.homework.statistics import ClassReport
from backprop_tutor.homework.students import HandIn, HandIns, Matching, version_said
from backprop_tutor.homework.submissions import Listed, Refusal, Submissions, open_source
from backprop_tutor.homework.versions import Versions
from backprop_tutor.homework.worker import Job, Plan, make_marker
from backprop_tutor.homework.worker_pool import Lost, Ready, Task, WorkerPool
from backprop_tutor.language import clean
from backprop_tutor.version import __version__
from backprop_tutor.walkthrough import Solution

__all__ = ["ClassOptions", "Classroom", "Follower", "grade", "grade_list", "grade_one"]

TIMEOUT = 5.0
ENDINGS = (".yaml", ".yml", ".csv", ".tsv", ".json", ".txt")

Progress = Callable[[int, int], None]
EarlierLine = Callable[[str, str, str], str | None]


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """How a class is marked. With a `roster` each student has a version, unless they have no `versions`: the
    one that the roster knows, or the one that `seed` gives them (None: the seed in the roster, or 0)."""

    jobs: int = 0  # 0: as many as there are cores
    timeout: float = TIMEOUT  # seconds a sheet
    follow_through: Fraction | None = None
    layout: str = ""  # the name of a layout; empty: guessed
    student_from: str | None = None
    roster: Roster | None = None
    seed: int | None = None
    versions: bool = True
    leave_out: tuple[Path, ...] = ()  # files among the sheets that are none
    force: bool = False  # write over files of other programs
    engine: Literal["processes", "dask"] = "processes"
    scheduler: str = ""  # the address of Dask's; empty: a cluster on this machine


class Classroom:
    """Marks sheets of `exercise` one after the other."""

    def __init__(self, exercise: Exercise, options: ClassOptions) -> None:
        self.exercise = exercise
        self.options = options
        self.marking = SheetMarker(Solution(exercise), options.follow_through)
        listed = options.roster if options.versions else None
        self.seed = listed.seed_said(options.seed) if listed else 0
        self.versions = versions_of(exercise, listed, self.seed, options.jobs) if listed else {}
        self.owners = {version: student for student, (version, _) in self.versions.items()}
        ids = {student: version for student, (version, _) in self.versions.items()}
        self.matching = Matching(exercise.name, options.layout, options.student_from, options.roster, ids)
        asked = [name for question in self.marking.checker.questions for name in question.elements]
        self.salt = repr((__version__, fingerprint(exercise), str(self.marking.checker.share), asked,
                          list(self.marking.checker.weights)))  # fmt: skip

    def records(
        self, source: Submissions, hand_ins: Iterable[HandIn], earlier: EarlierLine
    ) -> Iterator[tuple[HandIn, SheetRecord]]:
        """The record of each sheet, in order; `earlier(student, sheet, digest)` gives a known line."""
        heads: list[tuple[HandIn, dict[str, Any]]] = []

        def tasks() -> Iterator[Task | Ready]:
            for one in hand_ins:
                task = self._task(source, one, earlier)
                heads.append((one, task.payload.head if isinstance(task, Task) else {}))
                yield task

        plan = Plan(self.exercise, self.options.follow_through, self.seed if self.versions else None)
        for result in self._pool(plan).run(tasks()):
            one, head = heads.pop(0)
            if isinstance(result, Lost):
                head.pop("digest")  # the next call tries it again
                yield one, refused(head, result.reason)
            else:
                yield one, result

    def _pool(self, plan: Plan) -> WorkerPool | DaskPool:
        options = self.options
        work = make_marker, (plan,), options.jobs or os.cpu_count() or 1, options.timeout
        return DaskPool(*work, options.scheduler) if options.engine == "dask" else WorkerPool(*work)

    def _task(self, source: Submissions, one: HandIn, earlier: EarlierLine) -> Task | Ready:
        shown = clean(one.file)
        version, draws = self.versions.get(one.student, ("", 0))
        head: dict[str, Any] = {"student": one.student, "sheet": shown, "exercise": self.exercise.name}
        if one.problem:
            return Ready(refused(head, one.problem))
        content = source.read(one.file)
        if isinstance(content, Refusal):
            return Ready(refused(head, content.reason))
        owner = self.owners.get(version_said(content), one.student) if self.versions else one.student
        if owner != one.student:
            return Ready(
                refused(head, f"this sheet is for version {self.versions[owner][0]}, which is {owner}'s")
            )
        head["digest"] = sha256(
            f"{self.salt}\0{one.student}\0{version}\0{shown}\0".encode() + content
        ).hexdigest()[:20]
        known = earlier(one.student, shown, head["digest"])
        if known:
            return Ready(read_record(known, self.marking.checker.quantity_of))
        return Task(Job(head, one.file, content, version, draws), len(content))

    def exercise_of(self, student: str) -> Exercise:
        """The exercise that a student was given: a version of it where there are versions."""
        _, draws = self.versions.get(student, ("", 0))
        return Versions(self.exercise, self.seed).redraw(student, draws) if draws else self.exercise


class Follower:
    """Follows the marking of a class; this one does nothing."""

    def waiting(self) -> None:
        """Another call is at work in the folder; this one goes on when that has ended."""

    def matched(self, classroom: Classroom, hand_ins: HandIns) -> None:
        """Before anything is marked: who handed in what."""

    def marked(self, one: HandIn, record: SheetRecord) -> None:
        """A sheet has its row; those of a student come one after the other."""

    def done(self) -> None:
        """All sheets have their row."""


def grade(
    exercise: Exercise,
    sheets: Path,
    out: Path,
    options: ClassOptions | None = None,
    progress: Progress = lambda done, total: None,
    followers: Sequence[Follower] = (),
) -> ClassReport:
    """Mark every sheet in the folder or zip file `sheets`; write grades.csv and details.jsonl into `out`.

    A call that was interrupted is gone on with, and sheets that have not changed are not marked again.
    Two calls into one folder work one after the other.
    Raises AccessError where nothing can be read or written, and where `out` holds a file of the same name
    that another program wrote, or the marks of another exercise.
    """
    options = options or ClassOptions()
    make_folder(out)
    finals = [out / GRADES, out / DETAILS]
    if not options.force:
        refuse_others(finals)
        refuse_marks_of_another(finals[1], exercise.name)
    parts = [path.with_name(f"{path.name}.part") for path in finals]
    own = [*finals, *parts, *(path.with_name(f"{path.name}.left") for path in parts), *options.leave_out]
    source = open_source(sheets, own)
    classroom = Classroom(exercise, options)
    hand_ins = classroom.matching.hand_ins(source)
    if not hand_ins.sheets:
        raise AccessError("there are no sheets in it.", where=clean(str(sheets)))
    for follower in followers:
        follower.matched(classroom, hand_ins)
    checker = classroom.marking.checker
    report = ClassReport(exercise.name, exercise.title, checker.out_of, list(checker.quantity_of))
    missing = dict.fromkeys(options.roster.students if options.roster else ())
    try:
        with ExitStack() as stack:
            stack.enter_context(alone_in(out, partial(_wait, followers)))
            earlier = stack.enter_context(Earlier(finals[1], parts[1]))
            book = stack.enter_context(Gradebook(checker, *parts))
            records = counting(classroom.records(source, hand_ins.sheets, earlier.line))
            for done, (one, record, counts) in enumerate(records, 1):
                book.write(record, row=counts)
                report.add(record, row=counts)
                missing.pop(one.student, None)
                for follower in followers if counts else ():
                    follower.marked(one, record)
                progress(done, len(hand_ins.sheets))
            for student in missing:
                head = {"student": student, "sheet": "", "exercise": exercise.name}
                record = refused(head, "no sheet was handed in", status="missing")
                book.write(record)
                report.add(record)
            for follower in followers:
                follower.done()
            for part, final in zip(parts, finals, strict=True):
                os.replace(part, final)
    except OSError as error:
        raise access_error(error, out, "written") from None
    return report


def _wait(followers: Sequence[Follower]) -> None:
    for follower in followers:
        follower.waiting()


def grade_list(exercise: Exercise, paths: Iterable[str], options: ClassOptions) -> Iterator[SheetRecord]:
    """The record of each sheet at `paths`, in order as they come, nothing kept."""
    classroom = Classroom(exercise, options)
    hand_ins = map(classroom.matching.hand_in, paths)
    return (record for _, record in classroom.records(Listed(), hand_ins, _nothing))


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
        return refused(head, f"one sheet is expected, but {found} handed in").line, out_of
    hand_ins = [classroom.matching.hand_in(names[0])]
    return next(classroom.records(source, hand_ins, _nothing))[1].line, out_of


def _nothing(student: str, sheet: str, digest: str) -> None:
    """No earlier line."""
