"""YAML text -> plain data in which every value and key knows its line and column.

Reads parser *events* and guards each one, so that nothing an alias, a tag or a tower of brackets could
blow up is ever built. Numbers are exact fractions, read from their text.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import yaml

from backprop_tutor.errors import Fault
from backprop_tutor.exercise.decode import MAX_BYTES, decode
from backprop_tutor.exercise.scalars import Scalar, read_scalar
from backprop_tutor.exercise.yaml_syntax import syntax_fault
from backprop_tutor.language import clean

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Path", "Place", "Value", "YamlDocument", "read"]

MAX_DEPTH = 24
MAX_FAULTS = 100

Value = Scalar | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Place(NamedTuple):
    """Line and column, from 1. `inset` leads to a scalar's first character; None where that is unknown."""

    line: int
    column: int
    inset: int | None = None


@dataclass(slots=True)
class YamlDocument:
    """What a file holds; `data` is None where it could not be read at all, and `faults` say why."""

    data: Value = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    text: str = ""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value (or the key) at `path` stands, or else the nearest thing around it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(0, 0))


def read(source: bytes | str, *, scalar: Callable[[str], Scalar] = read_scalar) -> YamlDocument:
    """Read one YAML document. Never raises: whatever is wrong is in the document's `faults`.

    `scalar` gives the value of an unquoted scalar and raises ValueError for one that cannot be held.
    """
    document = YamlDocument()
    text = decode(source)
    if isinstance(text, Fault):
        document.faults.append(text)
        return document
    document.text = text
    try:
        _compose(document, text, scalar)
    except yaml.YAMLError as error:
        with suppress(yaml.YAMLError):  # libyaml looks ahead, up to limits of its own: ours come first
            deep = YamlDocument()
            _compose(deep, _down_to_the_limit(text), scalar)
            return deep
        document.faults.append(syntax_fault(error, text))
        document.data = None
    return document


def _compose(document: YamlDocument, text: str, scalar: Callable[[str], Scalar]) -> None:
    try:
        _Composer(document, scalar).compose(yaml.parse(text, Loader=_LOADER))
    except _StopReadingError:
        document.data = None


def _down_to_the_limit(text: str) -> str:
    """`text` up to where more brackets are open than may be: not valid YAML, unless refused for that."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            return text[: bracket.end()]
    return "]"  # never valid


class _StopReadingError(Exception):
    """Going on would do harm or tell nothing new."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been met; `key` is the key that waits for its value."""

    into: Any
    path: Path
    key: str | None = None
    skipping: bool = False  # the value that comes belongs to a key that cannot be kept


class _Composer:
    def __init__(self, document: YamlDocument, scalar: Callable[[str], Scalar]) -> None:
        self.document = document
        self.scalar = scalar
        self.open: list[_Open] = []
        self.documents = 0

    def compose(self, events: Iterator[Any]) -> None:
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self.guard(event)
                    self.add_scalar(event)
                case yaml.SequenceStartEvent():
                    self.guard(event)
                    self.enter(event, [])
                case yaml.MappingStartEvent():
                    self.guard(event)
                    self.enter(event, {})
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self.open.pop()
                case yaml.AliasEvent():
                    self.fault(event, "aliases (*name) are not allowed.", "Write the value out.")
                    self.put(None, event)
                case yaml.DocumentStartEvent():
                    self.start_document(event)
        if not self.documents:
            self.document.faults.append(Fault("the file holds nothing but comments."))

    def fault(self, event: Any, what: str, hint: str = "") -> None:
        mark = event.start_mark
        self.document.faults.append(Fault(what, hint, mark.line + 1, mark.column + 1))
        if len(self.document.faults) >= MAX_FAULTS:
            raise _StopReadingError

    def guard(self, event: Any) -> None:
        if event.anchor is not None:
            self.fault(event, "anchors (&name) are not allowed.", "Write the value out where it is needed.")
        if event.tag is not None:
            self.fault(event, "tags (!name) are not allowed.", "Put a text that starts with ! in quotes.")

    def start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.fault(event, "a second document starts here.", "A file holds one: remove the `---`.")
            raise _StopReadingError
        if event.version or event.tags:
            self.fault(event, "directives (lines that start with %) are not allowed.", "Remove the line.")

    def enter(self, event: Any, container: list[Any] | dict[str, Any]) -> None:
        if len(self.open) >= MAX_DEPTH:
            self.fault(event, f"lists nested deeper than {MAX_DEPTH} levels.", "Close the brackets.")
            raise _StopReadingError
        self.open.append(_Open(container, self.put(container, event)))

    def add_scalar(self, event: Any) -> None:
        top = self.open[-1] if self.open else None
        if top and isinstance(top.into, dict) and top.key is None:
            self.add_key(event, top)
            return
        value: Scalar = event.value
        if event.implicit[0]:
            try:
                value = self.scalar(clean(event.value).strip() if not event.value.isascii() else event.value)
            except ValueError as error:
                self.fault(event, f"{error}.", "Write a finite number such as 2, 0.5, 1e-3 or 1/3.")
                value = Fraction(1)  # so that the checks that follow find only faults of their own
        if isinstance(value, str):
            value = clean(value, keep_newlines=True)
        self.put(value, event)

    def add_key(self, event: Any, top: _Open) -> None:
        top.key = key = clean(event.value)
        top.skipping = key in top.into
        if top.skipping:
            first = self.document.keys[(*top.path, key)].line
            self.fault(event, f"the key `{key}` is already on line {first}.", "Keep one of the two.")
        else:
            self.document.keys[(*top.path, key)] = _place(event)

    def put(self, value: Any, event: Any) -> Path:
        """Store `value` in whatever is open, and give its path."""
        if not self.open:
            self.document.data = value
            self.document.values[()] = _place(event)
            return ()
        top = self.open[-1]
        if isinstance(top.into, list):
            path: Path = (*top.path, len(top.into))
            top.into.append(value)
        elif top.key is None:
            self.fault(event, "a list or mapping cannot be a key.", "Use a plain word.")
            raise _StopReadingError
        else:
            path = (*top.path, top.key)
            if top.skipping:
                path = (*path, "(again)")
            else:
                top.into[top.key] = value
            top.key = None
        self.document.values[path] = _place(event)
        return path


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    inset = None
    if isinstance(event, yaml.ScalarEvent) and start.line == end.line:
        quotes = 0 if event.implicit[0] else 1
        if end.column - start.column == len(event.value) + 2 * quotes:
            inset = quotes
    return Place(start.line + 1, start.column + 1, inset)
