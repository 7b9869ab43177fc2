"""An error as people read it, on stderr."""

import sys

from backprop_tutor.errors import BackpropTutorError, ExerciseError, LanguageError
from backprop_tutor.language import caret, clean

__all__ = ["report"]

MAX_FAULTS = 50


def report(error: BackpropTutorError) -> None:
    """Print the title, then what, where and what to do: one line a fault."""
    lines = [f"{error.title}:"]
    if isinstance(error, ExerciseError):
        faults = error.faults[:MAX_FAULTS]
        lines += [f"  {fault.located(error.file)}" for fault in faults]
        if len(error.faults) > MAX_FAULTS:
            lines.append(f"  and {len(error.faults) - MAX_FAULTS:,} more.")
    else:
        lines.append(f"  {error}")
    if isinstance(error, LanguageError):
        lines += [f"    {line}" for line in caret(error).splitlines()]
    print(clean("\n".join(lines), keep_newlines=True), file=sys.stderr)
