"""What was done of each lesson: one small file a lesson, beside the saved sessions of exercises.

A file is replaced whole. A lesson once finished stays so, whoever writes last.
"""

import json
import time
from pathlib import Path
from typing import NamedTuple

from backprop_tutor.course.course import Course, LessonHead
from backprop_tutor.course.lesson_state import Guess, LessonState
from backprop_tutor.errors import AccessError
from backprop_tutor.files import reason, replace_file
from backprop_tutor.tutor.store import exercise_key

__all__ = ["LessonProgress", "LessonStore"]

FORMAT = 1
FOLDER = "lessons"


class LessonProgress(NamedTuple):
    """How far a lesson is: `at` of `screens`. `right` of the `guesses` were, in the latest time through."""

    at: int = 0
    screens: int = 0
    done: bool = False
    guesses: tuple[Guess | None, ...] = ()
    practised: tuple[bool, ...] = ()
    saved: float = 0.0

    @property
    def right(self) -> int:
        return sum(guess is not None and guess.right for guess in self.guesses)

    def state(self, screens: int) -> LessonState | None:
        """Where to go on, unless the lesson has other screens by now."""
        if self.screens != screens or not len(self.guesses) == len(self.practised) == screens:
            return None
        if self.done and self.at >= screens:  # read it anew
            return None
        return LessonState(self.guesses, self.practised, self.at)


class LessonStore:
    """The progress kept under `folder`, which saved sessions lie in as well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self.notes: list[str] = []

    def progress(self, course: Course, lesson: LessonHead) -> LessonProgress | None:
        """How far this lesson is; None where it was never begun, or its file is damaged."""
        return self._read(self._path(course, lesson.path))

    def save(self, course: Course, path: Path, state: LessonState) -> None:
        """What goes wrong becomes a note."""
        file = self._path(course, path)
        screens = len(state.guesses)
        former = self._read(file)
        done = state.at >= screens or (former is not None and former.done)
        document = {
            "format": FORMAT,
            "lesson": path.stem,
            "at": state.at,
            "screens": screens,
            "done": done,
            "guesses": [guess and [guess.text, guess.choice, guess.right] for guess in state.guesses],
            "practised": list(state.practised),
            "saved": time.time(),
        }
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, json.dumps(document), lasting=True)
        except OSError as error:
            what = f"progress cannot be saved: {reason(error)}."
            self.notes.append(str(AccessError(what, where=str(file))))

    def _path(self, course: Course, lesson: Path) -> Path:
        folder = exercise_key(course.folder.name, course.folder, shipped=course.is_shipped)
        return self.folder / folder / f"{exercise_key(lesson.stem, None, shipped=True)}.json"

    def _read(self, file: Path) -> LessonProgress | None:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise ValueError
            guesses = [
                None if guess is None else Guess(str(guess[0]), int(guess[1]), bool(guess[2]))
                for guess in document["guesses"]
            ]
            return LessonProgress(
                int(document["at"]),
                int(document["screens"]),
                bool(document["done"]),
                tuple(guesses),
                tuple(map(bool, document["practised"])),
                float(document["saved"]),
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            self.notes.append(f"{file} cannot be read: {reason(error)}.")
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            self.notes.append(f"The progress of a lesson cannot be read, and begins anew: {file}")
        return None
