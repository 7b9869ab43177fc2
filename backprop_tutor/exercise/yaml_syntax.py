"""What PyYAML's scanner says, in words for someone who has never read the YAML specification."""

import re
from typing import Any

import yaml

from backprop_tutor.errors import Fault
from backprop_tutor.language import clean

__all__ = ["syntax_fault"]

# Fragments of the messages of libyaml and of the pure-Python scanner, which word them differently.
_EXPLANATIONS = (
    ("mapping values are not allowed", "a second ': ' on one line, or a line indented too far",
     "Put a text that holds ': ' in quotes, and give the keys of one mapping the same indentation."),
    ("cannot start any token", "a character that cannot start a value here",
     "Put a text that starts with @, ` or % in quotes."),
    ("',' or ']'", "a list [ … ] that is not closed or lacks a comma", "Write it like [1, 2, 3]."),
    ("',' or '}'", "a mapping { … } that is not closed or lacks a comma", "Write it like {x: 1, y: 2}."),
    ("expected node content", "a value is missing or a bracket is misplaced here",
     "Close the brackets in the order in which they were opened."),
    ("end of stream", "a quoted text that is never closed", "Close it with the quote that opened it."),
    ("could not find expected ':'", "a key without a colon", "Write it like `key: value`."),
    ("block end", "a line that is indented differently from the lines it belongs with",
     "Give the keys of one mapping, and the dashes of one list, the same indentation."),
    ("expected key", "a line that is indented differently from the lines it belongs with",
     "Give the keys of one mapping the same indentation."),
    ("'-' indicator", "a key among the items of a list", "Start it with '- ', or indent it under an item."),
    ("block sequence entries are not allowed", "a list item '- ' that cannot stand here",
     "Start the list on a line of its own."),
    ("mapping keys are not allowed", "a '?' that cannot stand here",
     "Put a text that starts with ? in quotes."),
    ("escape", "a backslash that starts no known escape in a double-quoted text",
     "Write two backslashes, or use single quotes."),
    ("document start", "text after the end of the document", "Remove it; a file holds one exercise."),
    ("directive", "a directive (a line that starts with %)", "Remove the line."),
    ("incompatible YAML document", "a directive (a line that starts with %)", "Remove the line."),
    ("alias", "a '*' that starts an alias", "Put a text that starts with * in quotes."),
    ("anchor", "a '&' that starts an anchor", "Put a text that starts with & in quotes."),
    ("tag", "a '!' that starts a tag", "Put a text that starts with ! in quotes."),
)  # fmt: skip


_UNCLOSED = ("',' or ']'", "',' or '}'", "end of stream")  # better shown where it was opened


def syntax_fault(error: yaml.YAMLError, text: str) -> Fault:
    """The fault that PyYAML found in `text`."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark and (unquoted := _unquoted(text, mark)):
        return unquoted
    if opened and (mark is None or any(fragment in problem for fragment in _UNCLOSED)):
        mark = opened
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if mark and _character(text, mark) == "\t":
        return Fault("this is not valid YAML: a tab.", "Indent with spaces.", line, column)
    for said in (problem, str(getattr(error, "context", None) or "")):
        for fragment, what, hint in _EXPLANATIONS:
            if fragment in said:
                return Fault(f"this is not valid YAML: {what}.", hint, line, column)
    return Fault(f"this is not valid YAML: {problem}.", "", line, column)


def _unquoted(text: str, mark: Any) -> Fault | None:
    """The fault where YAML takes a bracket of a name or a formula for one of its own."""
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    before, after = line[: mark.column], line[mark.column :]
    name, index = re.search(r"[^\s\[\]{},:]+$", before), re.match(r"\[[^\[\]]*\]", after)
    if name and index:
        what = f"this is not valid YAML: the [ ] of {name[0]}{index[0]} inside those of YAML."
        hint = f'Put the whole name or formula in quotes, as in "{name[0]}{index[0]}".'
        return Fault(clean(what), clean(hint), mark.line + 1, name.start() + 1)
    if re.search(r"[]}]\s*[*&!@]?$", before) and re.match(r"\s*[-+*/^@.'(\w]", after):
        what = "this is not valid YAML: a list ends before this, and more stands behind it."
        hint = "Put a formula in quotes, and an array under `given` or `parameters` with a name of its own."
        return Fault(what, hint, mark.line + 1, mark.column + 1)
    return None


def _character(text: str, mark: Any) -> str:
    lines = text.split("\n")
    return lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
