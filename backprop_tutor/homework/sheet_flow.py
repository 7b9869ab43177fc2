"""What stands on one line of a YAML sheet: `[[a, b], [c, d]]`, `{J: 1/2, z: 1}`, a quoted text, a blank.

Read leniently: a bracket after a name belongs to the name, so that `[x[1], 2]` is a list of two.
"""

import re
from collections.abc import Iterator

from backprop_tutor.grading.pasted import side_by_side
from backprop_tutor.homework.sheet import AnswerText, Value

__all__ = ["QUOTED", "flow_pairs", "flow_value", "unquoted"]

MAX_DEPTH = 8
NULLS = ("null", "Null", "NULL", "~")
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'")
# A quoted text, where a value may start, or one character.
_PARTS = re.compile(r"""(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|.""")


def flow_value(text: str, line: int) -> Value:
    """Nested lists; a text where it is no list, or one that does not close."""
    if not text.startswith("["):
        return _cell(text, line)
    stack: list[list[Value]] = []
    top: Value | None = None
    start, inner, before = 0, 0, ""
    closed = False  # the item that ends next is a list, not a text
    index = 0
    while index < len(text):
        character = text[index]
        if character in "\"'" and not text[start:index].strip() and (quoted := QUOTED.match(text, index)):
            index, before = quoted.end(), character
            continue
        if inner:
            inner += (character in "[(") - (character in "])")
        elif character == "(" or (character == "[" and before not in ("", "[", ",")):
            inner = 1
        elif character == "[":
            if len(stack) >= MAX_DEPTH or closed:
                return AnswerText(text, line)
            stack.append([])
            start = index + 1
        elif character in ",]":
            if not stack:
                return AnswerText(text, line)
            item = text[start:index].strip()
            if side_by_side(item):
                return AnswerText(text, line)  # [1 0], as NumPy prints it: likewise
            if item and not closed:
                stack[-1].append(_cell(item, line))
            elif item or (character == "," and not closed):
                return AnswerText(text, line)
            closed, start = False, index + 1
            if character == "]":
                done = stack.pop()
                if stack:
                    stack[-1].append(done)
                else:
                    top = done
                closed = True
        elif character == ";":
            return AnswerText(text, line)  # [1, 0; -1, 1]: the reader of answers knows that itself
        if not character.isspace():
            before = character
        index += 1
        if top is not None:
            break
    return top if top is not None and not text[index:].strip() else AnswerText(text, line)


def flow_pairs(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The pairs of `{key: value, …}` on numbered `lines`, each with the number of its line."""
    depth, number, pair = 0, 0, ""
    for line, text in lines:
        for part in _PARTS.findall(text):
            depth += (part in "[({") - (part in "])}")
            if (part == "," and depth == 1) or (part == "}" and depth == 0):
                if pair.strip():
                    yield number, pair.strip()
                pair = ""
            elif part != "{" or depth > 1:
                number = number if pair.strip() else line
                pair += part
        pair += " "
    if pair.strip():
        yield number, pair.strip()


def unquoted(text: str) -> str:
    """The text without the quotes around it."""
    found = QUOTED.fullmatch(text.strip())
    if not found:
        return text.strip()
    return found[1].replace('\\"', '"') if found[1] is not None else found[2].replace("''", "'")


def _cell(text: str, line: int) -> AnswerText:
    return AnswerText("" if text.strip() in NULLS else unquoted(text), line)
