"""Feedback for each student of a class: a page and a text with their answers, verdicts, causes and marks."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.files import make_folder, write_file
from backprop_tutor.homework.classroom import Classroom, Follower
from backprop_tutor.homework.marked import marked_of_document
from backprop_tutor.homework.own_files import TEXT_START, refuse_others
from backprop_tutor.homework.sheet_record import SUPERSEDED, SheetRecord
from backprop_tutor.homework.students import HandIn, HandIns
from backprop_tutor.language import clean
from backprop_tutor.render.blocks import Block, Prose, Words
from backprop_tutor.render.class_page import blocks_page
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.marks import marks_blocks
from backprop_tutor.walkthrough import Solution, Workings

__all__ = ["Feedback", "student_file"]

MAX_STEM = 80
SPECIAL = '<>:"/\\|?*'
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


class Feedback(Follower):
    """Writes `STUDENT.html` and `STUDENT.txt` into `folder` for every sheet that counts or was refused. With
    `reveal`, the worked step stands beside each answer that is not right."""

    def __init__(self, folder: Path, *, reveal: bool = False, force: bool = False) -> None:
        self.folder, self.reveal, self.force = folder, reveal, force
        self.style = style_for("utf-8")
        self.sheets: Counter[str] = Counter()
        self.stems: dict[str, str] = {}  # of the first file of each student

    def matched(self, classroom: Classroom, hand_ins: HandIns) -> None:
        make_folder(self.folder)
        self.classroom = classroom
        self.published = Workings(Solution(classroom.exercise)) if self.reveal else None
        taken: set[str] = set()
        for student in dict.fromkeys(one.student for one in hand_ins.sheets):
            stem = student_file(student)
            if stem.casefold() in taken:  # one file on a system that takes ANN for ann
                stem = f"{stem}-{_digest(student)}"
            taken.add(stem.casefold())
            self.stems[student] = stem
        self.taken = taken

    def marked(self, one: HandIn, record: SheetRecord) -> None:
        if record.status == SUPERSEDED:
            return
        stem = self._stem(one.student)
        title = f"{TEXT_START}{record.sheet} of {one.student}"
        blocks = list(self._blocks(one, record))
        text = "\n".join([title, "", *PlainPainter(self.style).paint(blocks), ""])
        page = blocks_page(title, [Prose((Words(title),)), *blocks])
        for ending, content in ((".html", page), (".txt", clean(text, keep_newlines=True))):
            path = self.folder / f"{stem}{ending}"
            if not self.force:
                refuse_others([path])
            write_file(path, content, force=True)

    def _stem(self, student: str) -> str:
        """The name of the next file of a student, which is nobody else's."""
        self.sheets[student] += 1
        number = self.sheets[student]
        stem = f"{self.stems[student]}-{number}" if number > 1 else self.stems[student]
        if number > 1 and stem.casefold() in self.taken:
            stem = f"{stem}-{_digest(f'{student} {number}')}"
        return stem

    def _blocks(self, one: HandIn, record: SheetRecord) -> Iterator[Block]:
        if record.status != "marked":
            yield Prose((Words(f"This was not marked: {record.reason.removesuffix('.')}."),))
            return
        exercise = self.classroom.exercise_of(one.student)
        marked = marked_of_document(exercise, json.loads(record.line))
        yield from marks_blocks(marked, self.style, self._workings(exercise))

    def _workings(self, exercise: Exercise) -> Workings | None:
        if self.published is None or exercise is self.classroom.exercise:
            return self.published
        return Workings(Solution(exercise))


def student_file(student: str) -> str:
    """The student's name as the name of a file on any system; a digest tells apart what had to change."""
    plain = "".join("_" if c in SPECIAL or not c.isprintable() else c for c in normalize("NFC", student))
    plain = plain[:MAX_STEM].strip(" .") or "_"
    if plain == student and plain.casefold() not in DEVICES:
        return plain
    return f"{plain}-{_digest(student)}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
