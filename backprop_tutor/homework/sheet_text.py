"""A sheet in YAML as people write it, read line by line so that a bad answer spoils its own line only.

A YAML parser would refuse the whole file for `z: *x`, `[x[1], 2]` or a place left as `?`.
"""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backprop_tutor.errors import Fault
from backprop_tutor.homework.sheet import HEAD, MAX_KEY, AnswerText, Sheet, SheetEntry, Value
from backprop_tutor.homework.sheet_flow import QUOTED, flow_pairs, flow_value, unquoted
from backprop_tutor.language import clean

__all__ = ["read_text"]

MAX_DEPTH = 8

# A colon after it, also as it is typed in Chinese, or an equals sign.
_KEY = re.compile(
    r"""("[^"]*"|'[^']*'|[^\s#"'\[\]{}?:\uff1a=,-][^:\uff1a=#]*?|\[[^:#]*?)\s*(?::(?:\s+|$)|\uff1a|=(?!=))\s*(.*)"""
)
_DASH = re.compile(r"-(?:\s|$)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


def read_text(text: str) -> Sheet:
    """The sheet; never raises. Where `answers` is on it, or which exercise it answers, quantities beside that
    are answers, too."""
    sheet = Sheet()
    lines = deque(_lines(text))
    if lines and lines[0].text.startswith("{"):
        lines = deque(_pairs(lines, indent=0))
    answers = False
    while lines:
        line = lines.popleft()
        key, value = _key(line.text)
        name = "" if key is None or line.indent else key.lower()
        if key is None:
            what = "this line is not understood."
            sheet.faults.append(Fault(what, "Write `quantity: answer`.", line.number, line.indent + 1))
        elif name == "answers" and (not value or value.startswith("{")):
            answers = True
            flow = _flow(_Line(line.number, line.indent, value), lines) if value else []
            lines.extendleft(reversed(_pairs(flow, indent=1)))
        elif name in HEAD:
            if not value:
                _body(line, lines)
            sheet.head(name, unquoted(value), line.number)
        else:
            answer = _value(_Line(line.number, line.indent, value), _body(line, lines))
            sheet.entries.append(SheetEntry(clean(key)[:MAX_KEY], answer, line.number))
    if not answers and not sheet.exercise:
        sheet.entries.clear()
    return sheet


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = _without_comment(raw.expandtabs(4)).rstrip()
        directive = raw.startswith("%") and not found
        if line.strip() and line.strip() not in ("---", "...") and not directive:
            found.append(_Line(number, len(line) - len(line.lstrip()), line.strip()))
    least = min((line.indent for line in found), default=0)
    return [replace(line, indent=line.indent - least) for line in found] if least else found


def _without_comment(line: str) -> str:
    if "#" not in line:
        return line
    quoted = [match.span() for match in QUOTED.finditer(line)]
    for match in _COMMENT.finditer(line):
        if not any(start < match.start() < end for start, end in quoted):
            return line[: match.start()]
    return line


def _key(text: str) -> tuple[str | None, str]:
    found = _KEY.fullmatch(text)
    return (unquoted(found[1]), found[2].strip()) if found else (None, "")


def _belongs(line: _Line, owner: _Line) -> bool:
    """Whether `line` goes on with the value of the key on the line `owner`."""
    if line.indent > owner.indent:
        return True
    return line.indent == owner.indent > 0 and _DASH.match(line.text) is not None


def _body(owner: _Line, lines: deque[_Line]) -> list[_Line]:
    """Take from `lines` those that go on with the value of the key on the line `owner`."""
    body = []
    while lines and _belongs(lines[0], owner):
        body.append(lines.popleft())
    return body


def _flow(first: _Line, lines: deque[_Line]) -> list[_Line]:
    """Take from `lines` those that go on with the `{` on the line `first`."""
    flow, depth = [first], first.text.count("{") - first.text.count("}")
    while lines and depth > 0:
        flow.append(lines.popleft())
        depth += flow[-1].text.count("{") - flow[-1].text.count("}")
    return flow


def _pairs(flow: Iterable[_Line], indent: int) -> list[_Line]:
    """The pairs of a `{key: value, …}`, as if each stood on a line of its own."""
    pairs = flow_pairs([(line.number, line.text) for line in flow])
    return [_Line(number, indent, pair) for number, pair in pairs]


def _value(first: _Line, body: list[_Line]) -> Value:
    """What stands on the line of a key, after it, and on those that belong to it."""
    if _BLOCK_TEXT.fullmatch(first.text):
        joint = "\n" if first.text[0] == "|" else " "
        return AnswerText(joint.join(line.text for line in body), first.number)
    return _block([first, *body] if first.text else body, first.number)


def _block(lines: list[_Line], number: int, depth: int = 0) -> Value:
    """The value that stands on `lines`: items after dashes, or one flow list or text."""
    if not lines:
        return AnswerText("", number)
    first = lines[0]
    beside_key = depth == 0 and first.number == number  # where `- 1` is a number
    if beside_key or not _DASH.match(first.text) or depth >= MAX_DEPTH:
        return flow_value(" ".join(line.text for line in lines), first.number)
    items: list[list[_Line]] = []
    for line in lines:
        if line.indent == first.indent and _DASH.match(line.text):
            rest = line.text[1:].lstrip()
            items.append([_Line(line.number, line.indent + len(line.text) - len(rest), rest)] if rest else [])
        else:
            items[-1].append(line)
    return [_block(item, first.number, depth + 1) for item in items]
