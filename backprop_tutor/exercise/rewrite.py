"""The text of an exercise file with other numbers in it: comments, layout and all else stay as they are."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.errors import ExerciseError, Fault
from backprop_tutor.exercise.decode import decode
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.placed_layers import placed_leaves
from backprop_tutor.exercise.schema import checked
from backprop_tutor.exercise.yaml_reader import Path as Keys
from backprop_tutor.exercise.yaml_reader import Place, Value, YamlDocument, read

__all__ = ["VersionText", "array_files"]

_NUMBER = re.compile(r"[-+.\w/]+")

Edit = tuple[Place, int, str]  # where, how many characters, what stands there instead


class VersionText:
    """Writes versions of the exercise whose file holds `source`; the file is read once."""

    def __init__(self, source: bytes | str, file: str) -> None:
        text = decode(source)
        if isinstance(text, Fault):
            raise ExerciseError([text], file=file)
        self.file = file
        self.lines = text.splitlines(keepends=True)
        self.document = read(text)

    def write(self, version: Exercise, varied: list[str]) -> str:
        """The YAML of `version`, whose leaves named in `varied` have numbers of their own.

        Raises ExerciseError where one of them is kept in another file.
        """
        edits = [edit for name in varied for edit in self._numbers(name, version.values[name])]
        lines = list(self.lines)
        for place, length, number in sorted(edits, key=lambda e: (e[0].line, e[0].column), reverse=True):
            line, start = lines[place.line - 1], place.column - 1
            lines[place.line - 1] = line[:start] + number + line[start + length :]
        return "".join(self._headed(lines, version))

    def _headed(self, lines: list[str], version: Exercise) -> list[str]:
        """`lines` with the key `variant` before the first key."""
        if version.variant is None:
            return lines
        first = min((place for path, place in self.document.keys.items() if len(path) == 1), key=_order)
        line, start = lines[first.line - 1], first.column - 1
        name = version.variant.of.replace("'", "''")
        entry = f"variant: {{of: '{name}', id: {version.variant.id}}}"
        margin = line[:start]
        between = ", " if margin.strip() else f"\n{margin}"  # in { … }, or on a line of its own
        lines[first.line - 1] = f"{margin}{entry}{between}{line[start:]}"
        return lines

    def _numbers(self, name: str, array: NDArray[Any]) -> Iterator[Edit]:
        for row, (path, value) in self._homes(name):
            rows = array if row is None else array[row]
            shaped = np.reshape(rows, _nesting(value)) if isinstance(value, list) else rows
            yield from self._edits(path, value, shaped, name)

    def _homes(self, name: str) -> Iterator[tuple[int | None, tuple[Keys, Value]]]:
        """Where the numbers of a leaf stand: in one place, or one row an example."""
        data: Any = self.document.data
        if "graph" in data:
            for section in ("given", "parameters"):
                if name in data["graph"].get(section, {}):
                    yield None, (("graph", section, name), data["graph"][section][name])
        elif name in ("x", "t"):
            if isinstance(data["data"], dict):
                yield None, (("data", name), data["data"][name])
                return
            for number, example in enumerate(data["data"]):
                yield number, (("data", number, name), example[name])
        else:
            place, leaf = self._leaves[name]
            value: Any = data
            for key in (*place, *leaf.keys):
                value = value[key]
            yield None, ((*place, *leaf.keys), value)

    @cached_property
    def _leaves(self) -> dict[str, tuple[Keys, LayerArray]]:
        """The arrays of the layers, with their places."""
        network = checked(self.document.data).network
        return placed_leaves(network.layers) if network else {}

    def _edits(self, path: Keys, value: Value, array: Any, name: str) -> Iterator[Edit]:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._edits((*path, index), item, array[index], name)
            return
        place = self.document.place(path)
        written = _NUMBER.match(self.lines[place.line - 1], place.column - 1)
        if isinstance(value, dict) or written is None:
            hint = "Write its numbers here, or leave it out of `variants`."
            fault = Fault(f"{name} is kept in a file, so it cannot vary.", hint, place.line, place.column)
            raise ExerciseError([fault], file=self.file)
        number = array.item() if getattr(array, "size", 1) == 1 and hasattr(array, "item") else array
        yield place, len(written[0]), str(number)


def _nesting(value: Value) -> tuple[int, ...]:
    """The shape that numbers have in the file: of 28×28, which are one channel, without that axis."""
    return (len(value), *_nesting(value[0])) if isinstance(value, list) else ()


def _order(place: Place) -> tuple[int, int]:
    return place.line, place.column


def array_files(document: YamlDocument) -> list[Path]:
    """The files beside the exercise that it names."""
    found: list[Path] = []

    def search(value: Value) -> None:
        if isinstance(value, Mapping):
            if isinstance(value.get("file"), str):
                found.append(Path(str(value["file"])))
            for inner in value.values():
                search(inner)
        elif isinstance(value, list):
            for inner in value:
                search(inner)

    search(document.data)
    return list(dict.fromkeys(found))
