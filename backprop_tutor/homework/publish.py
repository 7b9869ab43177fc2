"""The files of a class's versions: for each student the exercise and its blank sheet, and a list of all."""

import shutil
from hashlib import sha256
from pathlib import Path
from string import ascii_letters, digits

from backprop_tutor.errors import AccessError, UsageError
from backprop_tutor.exercise.decode import MAX_BYTES
from backprop_tutor.exercise.draws import Draws
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.rewrite import VersionText, array_files
from backprop_tutor.files import access_error, make_folder, read_bytes, write_file
from backprop_tutor.homework.blank import blank_sheet
from backprop_tutor.homework.own_files import VERSIONS
from backprop_tutor.homework.table import csv_text
from backprop_tutor.homework.versions import Version
from backprop_tutor.language import clean
from backprop_tutor.walkthrough import Solution

__all__ = ["Publisher", "file_stem"]

PLAIN = frozenset(ascii_letters + digits + "_-")
MAX_STEM = 60


class Publisher:
    """Writes versions of `exercise` into `folder`."""

    def __init__(self, exercise: Exercise, folder: Path, *, force: bool) -> None:
        if exercise.path is None:
            raise UsageError("only an exercise that was read from a file has versions in files")
        self.exercise = exercise
        self.varied = Draws(exercise).varied
        self.folder = folder
        self.force = force
        self.text = VersionText(read_bytes(exercise.path, MAX_BYTES), exercise.path.name)
        self.taken: set[str] = set()
        self.rows: list[list[str | float]] = [["student", "variant", "exercise", "sheet", "effort", "draws"]]
        make_folder(folder)
        if not force and (folder / VERSIONS).exists():
            where = clean(str(folder / VERSIONS))
            raise AccessError("this file exists already.", where=where, hint="Add --force to overwrite it.")
        self._copy_arrays(exercise.path.parent)

    def write(self, version: Version) -> dict[str, str]:
        """Write a version and its sheet; gives the names of the two files."""
        stem = self._stem(version.student)
        file, sheet = f"{stem}.yaml", f"{stem}-sheet.yaml"
        self._write(file, self.text.write(version.exercise, self.varied))
        self._write(sheet, blank_sheet(Solution(version.exercise)))
        self.rows.append([version.student, version.id, file, sheet, version.effort, version.number])
        return {"file": file, "sheet": sheet}

    def finish(self) -> None:
        """Write the list of all versions."""
        self._write(VERSIONS, csv_text(self.rows))

    def _write(self, name: str, text: str) -> None:
        write_file(self.folder / name, text, force=self.force)

    def _stem(self, student: str) -> str:
        stem = file_stem(f"{self.exercise.name}-{student}")
        if stem.casefold() in self.taken:  # one file on a system that takes ANN for ann
            stem = f"{stem}-{sha256(student.encode()).hexdigest()[:8]}"
        self.taken.add(stem.casefold())
        return stem

    def _copy_arrays(self, home: Path) -> None:
        for name in array_files(self.text.document):
            target = self.folder / name
            if target.exists():
                continue
            try:
                make_folder(target.parent)
                shutil.copyfile(home / name, target)
            except OSError as error:
                raise access_error(error, name, "copied") from None


def file_stem(text: str) -> str:
    """`text` as a file name that means the same everywhere; a digest tells apart what had to change."""
    plain = "".join(c if c in PLAIN else "_" for c in text)[:MAX_STEM]
    return plain if plain == text else f"{plain}-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
