"""A sheet in YAML as people write it, read line by line so that a bad answer spoils its own line only.

A YAML parser would refuse the whole file for `z: *x`, `[x[1], 2]` or the `?` of a blank place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backprop_tutor.errors import Fault
from backprop_tutor.homework.sheet import Cell, Entry, Sheet, Value
from backprop_tutor.language import clean

__all__ = ["read_text"]

MAX_DEPTH = 8
MAX_KEY = 100

_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s#"'\[\]{}?:,-][^:#]*?|\[[^:#]*?)\s*:(?:\s+|$)(.*)""")
_DASH = re.compile(r"-(?:\s|$)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


def read_text(text: str) -> Sheet:
    """The sheet; never raises."""
    sheet = Sheet()
    lines = list(_lines(text))
    inside = False
    index = 0
    while index < len(lines):
        line = lines[index]
        key, value = _key(line.text)
        index += 1
        if key is None:
            what = "this line is not understood."
            sheet.faults.append(Fault(what, "Write `quantity: answer`.", line.number, line.indent + 1))
            continue
        body = [_Line(line.number, line.indent, value)] if value else []
        if key == "answers" and not value and line.indent == 0:
            inside = True
            continue
        while index < len(lines) and _belongs(lines[index], line):
            body.append(lines[index])
            index += 1
        if inside and line.indent > 0:
            sheet.entries.append(Entry(clean(key)[:MAX_KEY], _block(body, line.number), line.number))
        else:
            inside = False
            sheet.head(key, _unquoted(value), line.number)
    return sheet


def _lines(text: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.splitlines(), 1):
        line = _without_comment(raw.expandtabs(4)).rstrip()
        if line.strip() and line.strip() not in ("---", "..."):
            yield _Line(number, len(line) - len(line.lstrip()), line.strip())


def _without_comment(line: str) -> str:
    if "#" not in line:
        return line
    quoted = [match.span() for match in _QUOTED.finditer(line)]
    for match in _COMMENT.finditer(line):
        if not any(start < match.start() < end for start, end in quoted):
            return line[: match.start()]
    return line


def _key(text: str) -> tuple[str | None, str]:
    found = _KEY.fullmatch(text)
    return (_unquoted(found[1]), found[2].strip()) if found else (None, "")


def _belongs(line: _Line, owner: _Line) -> bool:
    """Whether `line` goes on with the value of the key on the line `owner`."""
    if line.indent > owner.indent:
        return True
    return line.indent == owner.indent > 0 and _DASH.match(line.text) is not None


def _block(lines: list[_Line], number: int, depth: int = 0) -> Value:
    """The value that stands on `lines`: items after dashes, or one flow list or text."""
    if not lines:
        return Cell("", number)
    first = lines[0]
    beside_key = depth == 0 and first.number == number  # where `- 1` is a number
    if beside_key or not _DASH.match(first.text) or depth >= MAX_DEPTH:
        return _flow(" ".join(line.text for line in lines), first.number)
    items: list[list[_Line]] = []
    for line in lines:
        if line.indent == first.indent and _DASH.match(line.text):
            rest = line.text[1:].lstrip()
            items.append([_Line(line.number, line.indent + len(line.text) - len(rest), rest)] if rest else [])
        else:
            items[-1].append(line)
    return [_block(item, first.number, depth + 1) for item in items]


def _flow(text: str, line: int) -> Value:
    """`[[a, b], [c, d]]` as nested lists; a text where it is no list, or one that does not close.

    A bracket after a name belongs to the name: `[x[1], 2]` is a list of two.
    """
    if not text.startswith("["):
        return Cell(_unquoted(text), line)
    stack: list[list[Value]] = []
    top: Value | None = None
    start, inner, before = 0, 0, ""
    closed = False  # the item that ends next is a list, not a text
    index = 0
    while index < len(text):
        character = text[index]
        if character in "\"'" and not text[start:index].strip() and (quoted := _QUOTED.match(text, index)):
            index, before = quoted.end(), character
            continue
        if inner:
            inner += (character in "[(") - (character in "])")
        elif character == "(" or (character == "[" and before not in ("", "[", ",")):
            inner = 1
        elif character == "[":
            if len(stack) >= MAX_DEPTH or closed:
                return Cell(text, line)
            stack.append([])
            start = index + 1
        elif character in ",]":
            if not stack:
                return Cell(text, line)
            item = text[start:index].strip()
            if item and not closed:
                stack[-1].append(Cell(_unquoted(item), line))
            elif item or (character == "," and not closed):
                return Cell(text, line)
            closed, start = False, index + 1
            if character == "]":
                done = stack.pop()
                if stack:
                    stack[-1].append(done)
                else:
                    top = done
                closed = True
        elif character == ";":
            return Cell(text, line)  # [1, 0; -1, 1]: the language of answers reads that itself
        if not character.isspace():
            before = character
        index += 1
        if top is not None:
            break
    return top if top is not None and not text[index:].strip() else Cell(text, line)


def _unquoted(text: str) -> str:
    found = _QUOTED.fullmatch(text.strip())
    if not found:
        return text.strip()
    return found[1].replace('\\"', '"') if found[1] is not None else found[2].replace("''", "'")
