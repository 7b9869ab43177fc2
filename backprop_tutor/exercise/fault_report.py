"""Collects what is wrong with one file, so that every fault is reported at once."""

import re
from collections.abc import Iterator

from backprop_tutor.engine.source import Source
from backprop_tutor.errors import ExerciseError, Fault
from backprop_tutor.exercise.yaml_reader import Path, YamlDocument
from backprop_tutor.language.expr import Expr

__all__ = ["FaultReport"]

MAX_FAULTS = 100


class FaultReport:
    def __init__(self, document: YamlDocument, file: str) -> None:
        self.document = document
        self.file = file
        self.faults: list[Fault] = list(document.faults)
        self.unread = {(fault.line, fault.column) for fault in document.faults if fault.line}

    def add(
        self, path: Path, what: str, hint: str = "", *, key: bool = False, offset: int | None = None
    ) -> None:
        """A fault in the value at `path` (in its key with `key`), `offset` characters into its text."""
        place = self.document.place(path, key=key)
        column = place.column
        if offset is not None and place.inset is not None:
            column += place.inset + offset
        fault = Fault(what, hint, place.line, column if place.line else 0)
        if fault not in self.faults and (place.line, place.column) not in self.unread:
            self.faults.append(fault)

    def source(self, path: Path, name: str, formula: Expr | None = None) -> Source:
        """What is written at `path`, for a message about the node `name` made of it."""
        place = self.document.place(path)
        return Source(name, formula, self.file, place.line, place.column)

    def add_only(self, path: Path, what: str, hint: str = "") -> None:
        """A fault that makes any other at the same place needless."""
        self.add(path, what, hint)
        place = self.document.place(path)
        self.unread.add((place.line, place.column))

    def check(self) -> None:
        """Raise ExerciseError with every fault so far, if there is one."""
        if self.faults:
            raise self.error()

    def _decimal_commas(self) -> Iterator[Fault]:
        """Lists in which a comma looks like a decimal mark: `[0,5]`, or `[1,5, 2]` among others with a space.

        Told only where something is wrong anyway, for a list of two such numbers may be meant.
        """
        lines = self.document.text.splitlines()
        faulty = {fault.line for fault in self.faults}
        values = self.document.values
        for path, place in values.items():
            after = values.get((*path[:-1], path[-1] + 1)) if path and isinstance(path[-1], int) else None
            if after is None or after.line != place.line:
                continue
            line = lines[place.line - 1]
            whole, places = line[place.column - 1 : after.column - 1], line[after.column - 1 :]
            number, is_spaced = re.match(r"\d+", places), ", " in line
            mark = r"[-+]?\d+," if is_spaced else r"[-+]?0,"
            if number and re.fullmatch(mark, whole) and (is_spaced or place.line in faulty):
                written = f"{whole[:-1]}.{number[0]}"
                what = f"`{whole}{number[0]}` is two numbers in a list."
                yield Fault(what, f"If one is meant, write {written}.", place.line, place.column)

    def error(self) -> ExerciseError:
        """Every fault so far, in the order of the file."""
        faults = sorted({*self.faults, *self._decimal_commas()}, key=lambda fault: (fault.line, fault.column))
        return ExerciseError(faults[:MAX_FAULTS], file=self.file)
