"""Every error that a user can meet.

BackpropTutorError            exit status
├── UsageError                2    an option or a quantity that does not exist
├── ExerciseError             3    an exercise (or sheet) that is not valid: one or more faults
│   └── EvaluationError       3    a valid exercise whose arithmetic fails (division by zero, overflow)
├── LanguageError             3    a text that is not an expression; knows the place in the text
├── ShapeError                3    arrays that do not fit together
├── AccessError               4    a file that cannot be read or written
└── ProofError                70   our own fault: two routes to one value disagree
"""

from typing import NamedTuple

__all__ = [
    "AccessError",
    "BackpropTutorError",
    "EvaluationError",
    "ExerciseError",
    "Fault",
    "LanguageError",
    "ProofError",
    "ShapeError",
    "UsageError",
]


class BackpropTutorError(Exception):
    """What went wrong (`title`), in detail (`what`), where, and what to do next (`hint`)."""

    title = "Something went wrong"
    exit_status = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class UsageError(BackpropTutorError):
    title = "That cannot be asked"
    exit_status = 2


class AccessError(BackpropTutorError):
    title = "File trouble"
    exit_status = 4


class LanguageError(BackpropTutorError):
    """`start` and `end` are offsets into `text`: the characters to put a caret under. `is_guess` says that
    the hint can but guess which quantity was meant by a name that none has."""

    title = "That cannot be read"
    exit_status = 3
    is_guess = False

    def __init__(self, what: str, *, text: str, start: int, end: int = -1, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.text = text
        self.start = start
        self.end = end if end > start else start + 1


class ShapeError(BackpropTutorError):
    title = "Shapes do not fit"
    exit_status = 3


class Fault(NamedTuple):
    """One thing wrong in a file: what is wrong, and what would be right. Lines and columns start at 1."""

    what: str
    hint: str = ""
    line: int = 0
    column: int = 0

    def located(self, file: str) -> str:
        """`file:line:column: what hint`, leaving out what is not known."""
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return f"{f'{place}: ' if place else ''}{self.what}{f' {self.hint}' if self.hint else ''}"


class ExerciseError(BackpropTutorError):
    title = "The exercise is not valid"
    exit_status = 3

    def __init__(self, faults: list[Fault], *, file: str) -> None:
        first = faults[0]
        place = f"{file}:{first.line}:{first.column}" if first.line else file
        super().__init__(first.what, where=place, hint=first.hint)
        self.faults = faults
        self.file = file

    def __str__(self) -> str:
        return "\n".join(fault.located(self.file) for fault in self.faults)


class EvaluationError(ExerciseError):
    """Arithmetic that fails on the exercise's own numbers; `step` names the quantity."""

    title = "The arithmetic fails"

    def __init__(
        self, step: str, what: str, *, hint: str = "", file: str = "", line: int = 0, column: int = 0
    ) -> None:
        super().__init__([Fault(f"{step}: {what}", hint, line, column)], file=file)
        self.step = step


class ProofError(BackpropTutorError):
    """`step` is the quantity on which two routes disagree."""

    title = "Internal error: two routes to one value disagree"
    exit_status = 70

    def __init__(self, step: str, what: str) -> None:
        super().__init__(f"{step}: {what}", hint="Please report this with the exercise file.")
        self.step = step
