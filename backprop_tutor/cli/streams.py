"""Standard output and error that can write every text: what an encoding lacks is spelled out."""

import os
import sys
from typing import TextIO

from backprop_tutor.language.spelling import SPELL

__all__ = ["READER_GONE", "ascii_only", "hung_up", "spell_out"]


def spell_out() -> None:
    """Let both streams spell out what their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream)


def ascii_only() -> None:
    """Write ASCII only on standard output, whatever the terminal could show."""
    _reconfigure(sys.stdout, "ascii")


READER_GONE = 141  # what a shell says of a program that a closed pipe ended


def hung_up(output: TextIO) -> bool:
    """Whether nobody reads `output` any more, as after `| head -1`; if so, the rest of it is let go."""
    try:
        output.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())  # where the interpreter flushes at its end
        return True
    return False


def _reconfigure(stream: TextIO, encoding: str | None = None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:  # a stream that a test or a host program put in place may lack it
        reconfigure(errors=SPELL, **({"encoding": encoding} if encoding else {}))
