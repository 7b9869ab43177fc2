"""Standard output and error that can write every text: what an encoding lacks is spelled out."""

import codecs
import sys
from typing import TextIO

__all__ = ["ascii_only", "spell_out"]

_SPELLED = {
    "Σ": "sum",
    "σ": "sigma",
    "δ": "delta",
    "η": "eta",
    "μ": "mu",
    "β": "beta",
    "ε": "eps",
    "π": "pi",
    "Φ": "Phi",
    "φ": "phi",
    "∂": "d",
    "√": "sqrt ",
    "²": "^2",
    "³": "^3",
    "ᵀ": ".T",
    "·": "*",
    "×": "x",
    "⊙": ".*",
    "→": "->",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "...",
    "✓": "ok ",
    "✗": "x ",
    "─": "-",
    "│": "|",
    "’": "'",
    "“": '"',
    "”": '"',
    "\ufeff": "",
}


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_SPELLED.get(character, "?") for character in missing), error.end


codecs.register_error("spell", _spell)


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
        reconfigure(errors="spell", **({"encoding": encoding} if encoding else {}))
