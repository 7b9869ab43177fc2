"""Standard output and error that can write every text: what an encoding lacks is spelled out."""

import sys
from typing import TextIO

from backprop_tutor.language.spelling import SPELL

__all__ = ["ascii_only", "spell_out"]


def spell_out() -> None:
    """Let both streams spell out what their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream)


def ascii_only() -> None:
    """Write ASCII only on standard output, whatever the terminal could show."""
    _reconfigure(sys.stdout, "ascii")


def _reconfigure(stream: TextIO, encoding: str | None = None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:  # a stream that a test or a host program put in place may lack it
        reconfigure(errors=SPELL, **({"encoding": encoding} if encoding else {}))
