"""What an encoding cannot write, spelled out: σ as sigma in ASCII.

A text that is laid out in columns is spelled out before, so that it still fits; the streams do the same
with everything else.
"""

import codecs

__all__ = ["SPELL", "spelled"]

SPELL = "spell"  # the name of this way with errors, for `encode` and for streams

SPELLED = {
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
    "⋮": ":",
    "✓": "ok ",
    "✗": "x ",
    "─": "-",
    "│": "|",
    "█": "#",
    "’": "'",
    "“": '"',
    "”": '"',
    "½": "1/2",
    "ŷ": "y_hat",
    "\u0302": "_hat",  # a circumflex over the letter before
    "\ufeff": "",
}


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(SPELLED.get(character, "?") for character in missing), error.end


codecs.register_error(SPELL, _spell)


def spelled(text: str, encoding: str | None) -> str:
    """`text` as a stream in `encoding` shows it; in ASCII if that is not known."""
    encoding = encoding or "ascii"
    return text.encode(encoding, SPELL).decode(encoding)
