"""The files of a class's versions: for each student the exercise and its blank sheet, and a list of all."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from string import ascii_letters, digits
from typing import NamedTuple

from backprop_tutor.errors import AccessError, UsageError
from backprop_tutor.exercise.decode import MAX_BYTES
from backprop_tutor.exercise.draws import Draws
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.rewrite import VersionText, array_files
from backprop_tutor.files import access_error, make_folder, read_bytes, write_file
from backprop_tutor.homework.own_files import VERSIONS
from backprop_tutor.homework.roster import Roster, title_key
from backprop_tutor.homework.spreadsheet import csv_text
from backprop_tutor.homework.versions import Version
from backprop_tutor.language import clean
from backprop_tutor.walkthrough import Solution

__all__ = ["Files", "Publisher", "file_stem"]

HEAD: list[str | float] = ["student", "variant", "exercise", "sheet", "effort", "draws", "seed"]
PLAIN = frozenset(ascii_letters + digits + "_-")
MAX_STEM = 60


class Files(NamedTuple):
    """The names of the two files of a version."""

    file: str
    sheet: str


class Publisher:
    """Writes versions of `exercise` by `seed` into `folder`, each with the text that `sheet` makes of it, and
    the list of all with what a `roster` says of each student; raises AccessError where such a list is."""

    def __init__(
        self,
        exercise: Exercise,
        folder: Path,
        sheet: Callable[[Solution], str],
        *,
        seed: int = 0,
        force: bool = False,
        roster: Roster | None = None,
    ) -> None:
        if exercise.path is None:
            raise UsageError("only an exercise that was read from a file has versions in files")
        self.exercise = exercise
        self.varied = Draws(exercise).varied
        self.folder, self.sheet = folder, sheet
        self.seed = str(seed)  # a text: numbers of CSV are written with six digits
        self.force = force
        self.roster = roster or Roster(())
        self.home = exercise.path.parent
        self.text = VersionText(read_bytes(exercise.path, MAX_BYTES), exercise.path.name)
        self._refuse([VERSIONS])

    def write(
        self, versions: Sequence[Version], progress: Callable[[int, int], None] = lambda done, total: None
    ) -> list[Files]:
        """Write each version with its sheet, and the list of all; gives the names of the files of each.

        Raises AccessError, and has then written nothing (but with `force` what was written over is).
        """
        names = self._names([version.student for version in versions])
        self._refuse([*(name for pair in names for name in pair), VERSIONS])
        make_folder(self.folder)
        more = self._more_columns()
        rows = [[*HEAD, *more]]
        with self._all_or_nothing() as write:
            self._copy_arrays()
            for version, (file, sheet) in zip(versions, names, strict=True):
                write(file, self.text.write(version.exercise, self.varied))
                write(sheet, self.sheet(Solution(version.exercise)))
                cell = self.roster.cells.get(version.student, {})
                own = version.student, version.id, file, sheet, version.effort, version.number, self.seed
                rows.append([*own, *(cell.get(key, "") for key in more.values())])
                progress(len(rows) - 1, len(versions))
            write(VERSIONS, csv_text(rows))
        return names

    def _more_columns(self) -> dict[str, str]:
        """The columns of the roster beside that of the ids, by which files are matched with students and
        platforms read marks: the title here, and its key there. What Canvas calls `Student` is a name."""
        ours = {title_key(str(title)) for title in HEAD}
        titles = {title: title_key(title) for title in self.roster.titles}
        columns = {title: key for title, key in titles.items() if key and key not in ours}
        is_name = "student" in titles.values() and title_key(self.roster.column) != "student"
        return columns | ({"name": "student"} if is_name and "name" not in titles.values() else {})

    def _refuse(self, names: Iterable[str]) -> None:
        """Raise AccessError where one of the files exists and is not to be written over."""
        for path in (self.folder / name for name in names):
            if not self.force and path.exists():
                hint = "Add --force to overwrite it."
                raise AccessError("this file exists already.", where=clean(str(path)), hint=hint)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[Callable[[str, str], None]]:
        """A function that writes a file; what it wrote is removed where not all can be."""
        written: list[Path] = []

        def write(name: str, text: str) -> None:
            write_file(self.folder / name, text, force=self.force)
            written.append(self.folder / name)

        try:
            yield write
        except BaseException:  # an interruption, too
            for path in [] if self.force else written:
                path.unlink(missing_ok=True)
            raise

    def _names(self, students: Iterable[str]) -> list[Files]:
        stems: dict[str, str] = {}
        for student in students:
            stem = file_stem(f"{self.exercise.name}-{student}")
            if stem.casefold() in stems:  # one file on a system that takes ANN for ann
                stem = f"{stem}-{sha256(student.encode()).hexdigest()[:8]}"
            stems[stem.casefold()] = stem
        return [Files(f"{stem}.yaml", f"{stem}-sheet.yaml") for stem in stems.values()]

    def _copy_arrays(self) -> None:
        for name in array_files(self.text.document):
            target = self.folder / name
            if target.exists():
                continue
            try:
                make_folder(target.parent)
                shutil.copyfile(self.home / name, target)
            except OSError as error:
                raise access_error(error, name, "copied") from None


def file_stem(text: str) -> str:
    """`text` as a file name that means the same everywhere; a digest tells apart what had to change."""
    plain = "".join(c if c in PLAIN else "_" for c in text)[:MAX_STEM]
    return plain if plain == text else f"{plain}-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
