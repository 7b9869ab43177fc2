"""What PyYAML's scanner says, in words for someone who has never read the YAML specification."""

from typing import Any

import yaml

from backprop_tutor.errors import Fault

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


def _character(text: str, mark: Any) -> str:
    lines = text.split("\n")
    return lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
