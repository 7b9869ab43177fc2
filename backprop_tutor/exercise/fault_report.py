"""Collects what is wrong with one file, so that every fault is reported at once."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from backprop_tutor.engine.source import Source
from backprop_tutor.errors import ExerciseError, Fault
from backprop_tutor.exercise.yaml_reader import Path, Place, YamlDocument
from backprop_tutor.language.expr import Expr

__all__ = ["FaultReport"]

MAX_FAULTS = 100


class _Gap(NamedTuple):
    """The text of one entry of a list up to the next, and what begins there."""

    place: Place
    text: str
    after: str

    @property
    def is_tight(self) -> bool:
        return self.text.endswith(",")

    @property
    def as_decimal(self) -> str:
        """The number, if the comma is a decimal mark; empty where it cannot be."""
        places = re.match(r"\d+", self.after)
        return f"{self.text[:-1]}.{places[0]}" if places and re.fullmatch(r"[-+]?\d+,", self.text) else ""

    @property
    def is_below_one(self) -> bool:
        return self.as_decimal.lstrip("+-").startswith("0.")


def _array(path: Path) -> Path:
    """The key that a list stands under, however deep."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


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
        """Lists in which a comma looks like a decimal mark: `[1,5, 2]`, where the others have a space, or
        arrays of nothing but `[0,5]`.

        Told only where something is wrong anyway, for a list of two such numbers may be meant.
        """
        faulty = {fault.line for fault in self.faults}
        arrays: dict[Path, list[list[_Gap]]] = {}
        for row, gaps in self._gaps().items():
            arrays.setdefault(_array(row), []).append(gaps)
        for rows in arrays.values():
            if any(one.is_tight and other.is_tight for gaps in rows for one, other in pairwise(gaps)):
                continue  # 0,0,1 is written in a list of three
            in_pairs = all(len(gaps) == 1 and gaps[0].is_below_one for gaps in rows)
            for gaps in rows:
                is_mixed = not all(gap.is_tight for gap in gaps)
                for gap in gaps if is_mixed or (in_pairs and gaps[0].place.line in faulty) else ():
                    if gap.as_decimal:
                        what = f"`{gap.as_decimal.replace('.', ',')}` is two numbers in a list."
                        hint = f"If one is meant, write {gap.as_decimal}."
                        yield Fault(what, hint, gap.place.line, gap.place.column)

    def _gaps(self) -> dict[Path, list[_Gap]]:
        """What stands between two neighbours of each list that are on one line."""
        lines, values = self.document.text.splitlines(), self.document.values
        found: dict[Path, list[_Gap]] = {}
        for path, place in values.items():
            after = values.get((*path[:-1], path[-1] + 1)) if path and isinstance(path[-1], int) else None
            if after is not None and after.line == place.line:
                line = lines[place.line - 1]
                gap = _Gap(place, line[place.column - 1 : after.column - 1], line[after.column - 1 :])
                found.setdefault(path[:-1], []).append(gap)
        return found

    def error(self) -> ExerciseError:
        """Every fault so far, in the order of the file."""
        faults = sorted({*self.faults, *self._decimal_commas()}, key=lambda fault: (fault.line, fault.column))
        return ExerciseError(faults[:MAX_FAULTS], file=self.file)
