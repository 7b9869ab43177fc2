"""A sheet in JSON: `{"exercise": "…", "answers": {"net1": [[1, -1]], …}}`."""

import json
from typing import Any

from backprop_tutor.errors import Fault
from backprop_tutor.homework.sheet import HEAD, MAX_KEY, AnswerText, Sheet, SheetEntry, Value
from backprop_tutor.language import clean

__all__ = ["read_json"]


class _Object(list[tuple[str, Any]]):
    """The pairs of an object, a repeated key included."""


def read_json(text: str) -> Sheet:
    """The sheet; never raises."""
    sheet = Sheet()
    try:
        data = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        sheet.faults.append(Fault(f"this is not valid JSON: {error.msg}.", "", error.lineno, error.colno))
        return sheet
    except RecursionError:
        sheet.faults.append(Fault("this JSON is nested too deeply."))
        return sheet
    if not isinstance(data, _Object):
        sheet.faults.append(Fault("a sheet is a JSON object with `answers`."))
        return sheet
    line, place = 1, 0
    for key, value in data:
        line, place = _line(text, key, line, place)
        if key.lower() in HEAD:
            sheet.head(key.lower(), _text(value), line)
        elif key.lower() == "answers" and not isinstance(value, _Object):
            sheet.faults.append(Fault("`answers` is not an object of quantities.", "", line, 1))
        elif key.lower() != "answers":
            sheet.entries.append(SheetEntry(clean(key)[:MAX_KEY], _value(value, line), line))
        else:
            for name, answer in value:
                line, place = _line(text, name, line, place)
                sheet.entries.append(SheetEntry(clean(name)[:MAX_KEY], _value(answer, line), line))
    if not sheet.exercise and not any(key.lower() == "answers" for key, _ in data):
        sheet.entries.clear()
    return sheet


def _line(text: str, key: str, line: int, start: int) -> tuple[int, int]:
    """The line on which `key` stands, looking from `start` on `line`, and where it ends."""
    for written in (json.dumps(key, ensure_ascii=False), json.dumps(key)):
        found = text.find(written, start)
        if found >= 0:
            return line + text.count("\n", start, found), found + len(written)
    return line, start


def _value(value: Any, line: int, depth: int = 0) -> Value:
    if isinstance(value, list) and not isinstance(value, _Object) and depth < 8:
        return [_value(item, line, depth + 1) for item in value]
    return AnswerText(_text(value), line)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case _Object():
            return "{…}"
        case _:
            return "[…]"
