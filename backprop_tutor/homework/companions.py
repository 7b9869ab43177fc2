"""What platforms say beside the sheets of who handed them in: Gradescope's metadata, Blackboard's texts."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from backprop_tutor.homework.sheet_flow import unquoted

__all__ = ["Archive", "Person", "people_of_blackboard", "people_of_gradescope"]

MAX_METADATA = 64 * 1024 * 1024
MAX_TEXT = 64 * 1024

Read = Callable[[str, int], bytes]
"""A file, if it has at most so many bytes and can be read; else nothing, or about so many."""

_NAME = re.compile(rb"\s*(?:\xef\xbb\xbf)?Name:\s*(.*?)\s*\(([^()]+)\)\s*$", re.MULTILINE)
_FIELD = re.compile(r"( *)(- +)?:(name|sid|email): *(.*)")


class Archive(NamedTuple):
    """The files of a class: their paths with slashes, and how one is read."""

    names: Sequence[str]
    read: Read
    exercise: str = ""


class Person(NamedTuple):
    name: str
    id: str


def people_of_blackboard(archive: Archive) -> dict[str, list[Person]]:
    """By the start of the file names: a user's name may have the underscores that separate it."""
    found = {}
    for name in archive.names:
        stem, ending = name.rpartition("/")[2][:-4], name[-4:]
        if ending.lower() == ".txt" and re.search(r"_attempt_\d{4}(?:-\d\d){5}$", stem):
            head = _NAME.search(archive.read(name, MAX_TEXT))
            if head:
                found[stem] = [Person("", head[2].decode("utf-8", "replace"))]
    return found


def people_of_gradescope(archive: Archive) -> dict[str, list[Person]]:
    """By the folder or file of a submission; several where it was handed in together.

    The file is read line by line: it is YAML with the symbols and classes of Ruby.
    """
    found: dict[str, list[Person]] = {}
    for name in archive.names:
        if name.rpartition("/")[2] == "submission_metadata.yml":
            text = archive.read(name, MAX_METADATA).decode("utf-8", "replace")
            for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
                key, _, rest = block.partition(":\n")
                people = _submitters(rest.splitlines())
                if people:
                    found[unquoted(key)] = people
    return found


def _submitters(lines: Sequence[str]) -> list[Person]:
    """Those that are listed under `:submitters:`, with the id that Gradescope was given, or their address."""
    people: list[dict[str, str]] = []
    at = -1  # how far `:submitters:` is indented
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if at >= 0 and line.strip() and (indent < at or (indent == at and not line.lstrip().startswith("-"))):
            break
        if line.strip() == ":submitters:":
            at = indent
        elif at >= 0 and (field := _FIELD.match(line)):
            if field[2] or not people:
                people.append({})
            people[-1][field[3]] = unquoted(field[4])
    return [Person(person.get("name", ""), person.get("sid") or person.get("email", "")) for person in people]
