"""The words that a text may use: functions, quantities, gradients, and the nearest to a misspelling."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backprop_tutor.language.alphabet import GREEK, ascii_letters
from backprop_tutor.language.deltas import delta_of, net_of

__all__ = ["Vocabulary"]

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LOWERED = re.compile(r"_?([₀-₉]+)")
_LETTERS = {word: letter for letter, word in GREEK.items()}
_GREEK_WORD = re.compile(rf"^({'|'.join(_LETTERS)})(?=_?\d*$)")
_NOT_FINITE = frozenset(["nan", "inf", "infinity", "oo"])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`functions` maps spellings to canonical names; `names` holds the quantities, None for any."""

    functions: Mapping[str, str]
    names: frozenset[str] | None = None

    def knows(self, name: str) -> bool:
        return self.names is not None and name in self.names

    def function(self, spelling: str) -> str | None:
        """The canonical name of the function spelled so, in any case of letters."""
        if spelling in self.functions or self.knows(spelling):
            return self.functions.get(spelling)
        return self.functions.get(spelling.lower())

    def quantity(self, spelling: str) -> str | None:
        """The name of the quantity spelled so (`h₁` and `h_1` for `h1`, `η` for `eta`), or None."""
        if self.names is not None and spelling in self.names:
            return spelling
        spellings = _spellings(spelling)
        net = net_of(spellings[1])
        if self.names is None:
            return delta_of(net) or spellings[1]
        for name in spellings:
            if name in self.names:
                return name
        return delta_of(net) if {net, delta_of(net)} & self.names else None

    def gradient(self, upper: str, lower: str) -> str | None:
        """`dJ/dW1` for the words `dJ` and `dW1`, unless they are two quantities divided."""
        if not (upper.startswith("d") and lower.startswith("d") and len(upper) > 1 and len(lower) > 1):
            return None
        if self.knows(upper) and self.knows(lower):
            return None
        of, wrt = self.quantity(upper[1:]), self.quantity(lower[1:])
        return f"d{of}/d{wrt}" if of and wrt else None

    def is_not_finite(self, spelling: str) -> bool:
        return spelling.lower() in _NOT_FINITE and not self.knows(spelling)

    def product(self, spelling: str) -> tuple[str, str] | None:
        """Two known quantities that `spelling` runs together: `xw` for `x*w`."""
        for cut in range(1, len(spelling)):
            if self.knows(spelling[:cut]) and self.knows(spelling[cut:]):
                return spelling[:cut], spelling[cut:]
        return None

    def nearest_quantities(self, spelling: str) -> str:
        return _did_you_mean(spelling, self.names or ())

    def nearest(self, spelling: str) -> str:
        """The question "Did you mean …?" over functions and quantities, or nothing."""
        return _did_you_mean(spelling, [*self.functions, *(self.names or ())])


def _spellings(spelling: str) -> tuple[str, ...]:
    return (
        spelling,
        spelling.translate(_DIGITS),
        _LOWERED.sub(r"_\1", spelling).translate(_DIGITS),
        re.sub(r"_(?=\d)", "", spelling.translate(_DIGITS)),
        ascii_letters(spelling),
        _GREEK_WORD.sub(lambda word: _LETTERS[word[1]], spelling),
    )


def _did_you_mean(spelling: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches  # only ever needed once something is wrong

    near = get_close_matches(spelling, sorted(set(words)), n=3)
    return f"Did you mean {' or '.join(near)}?" if near else ""
