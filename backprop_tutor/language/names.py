"""The words that a text may use: functions, quantities, gradients, and the nearest to a misspelling."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backprop_tutor.language.alphabet import GREEK, ascii_letters
from backprop_tutor.language.deltas import delta_of, net_of
from backprop_tutor.language.derivative_name import gradient_of

__all__ = ["CONDITION", "OF_PROGRAMS", "Vocabulary"]

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LOWERED = re.compile(r"_?([₀-₉]+)")
_LETTERS = {word: letter for letter, word in GREEK.items()}
_GREEK_WORD = re.compile(rf"^({'|'.join(_LETTERS)})(?=_?\d*$)")
# Words of Python and of mathematics that are not there.
CONDITION = "There are no conditions here: write relu(x), max(x, 0) or abs(x)."
OF_PROGRAMS = ("if", "then", "else", "and", "or", "not", "lambda", "for")
_ELSEWHERE = {
    **dict.fromkeys(OF_PROGRAMS, CONDITION),
    **dict.fromkeys(("dot", "matmul"), "Write A @ B for a matrix product."),
    **dict.fromkeys(("pi", "π"), "Give it a value of its own: pi: 3.14159265 under `given`."),
    "e": "Write exp(x) for e^x.",
}
FURTHER = 0.25  # a word that is so much less alike than the nearest was not meant
_NOT_FINITE = frozenset(["nan", "inf", "infinity", "oo"])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`functions` maps spellings to canonical names; `names` holds the quantities, None for any; `arrays`
    those that have elements, None where that is not known."""

    functions: Mapping[str, str]
    names: frozenset[str] | None = None
    arrays: frozenset[str] | None = None

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
        if gradient := self._in_one_word(spellings[1]):
            return gradient
        return delta_of(net) if {net, delta_of(net)} & self.names else None

    def _in_one_word(self, spelling: str) -> str | None:
        """`dJ/dW1` for `dJ_dW1` and `dJdW1`, as programs call it."""
        for cut in re.finditer("_?(?=d)", spelling):
            gradient = self.gradient(spelling[: cut.start()], spelling[cut.end() :])
            if gradient and self.knows(gradient):
                return gradient
        return None

    def is_differential(self, word: str) -> bool:
        """Whether a word may be the `dJ` of dJ/dW1, as delta1 is not."""
        return word.startswith("d") and len(word) > 1 and not net_of(word)

    def gradient(self, upper: str, lower: str) -> str | None:
        """`dJ/dW1` for the words `dJ` and `dW1`, unless they are two quantities divided."""
        if not (self.is_differential(upper) and self.is_differential(lower)):
            return None
        if self.knows(upper) and self.knows(lower):
            return None
        of, wrt = self.quantity(upper[1:]), self.quantity(lower[1:])
        return gradient_of(of, wrt) if of and wrt else None

    def is_not_finite(self, spelling: str) -> bool:
        return spelling.lower() in _NOT_FINITE and not self.knows(spelling)

    def product(self, spelling: str) -> tuple[str, str] | None:
        """Two known quantities that `spelling` runs together: `xw` for `x*w`."""
        for cut in range(1, len(spelling)):
            if self.knows(spelling[:cut]) and self.knows(spelling[cut:]):
                return spelling[:cut], spelling[cut:]
        return None

    def explanation(self, spelling: str) -> str:
        """Why there is no quantity of this name, or nothing."""
        if spelling in _ELSEWHERE:
            return _ELSEWHERE[spelling]
        factors = self.product(spelling)
        if factors:
            return f"For a product write {factors[0]}*{factors[1]}."
        return self._absent(spelling) or self._run_together(spelling)

    def guess(self, spelling: str) -> str:
        """Which quantity was probably meant by this name, or nothing."""
        return _did_you_mean(spelling, self.names or ()) or self._numbered(spelling)

    def _absent(self, spelling: str) -> str:
        """Why a quantity that others of its kind have is not there."""
        name = spelling.translate(_DIGITS)
        bias = re.fullmatch(r"b_?(\d+)", name)
        if bias and self.quantity(f"W{bias[1]}"):
            return f"Layer {bias[1]} has no bias."
        updated, is_update, _ = name.partition("_new")
        if not is_update and name not in ("eta", "lr", "learning_rate", "η"):
            return ""
        if any("_new" in other for other in self.names or ()):
            if not is_update:
                return "Write eta for the learning rate." if self.quantity("eta") else ""
            return f"{updated} is not updated." if self.quantity(updated) else ""
        return "The exercise has no learning_rate, which an update needs."

    def _run_together(self, spelling: str) -> str:
        """What `x1` stands for where there is an x, and `W112` where there is a W1."""
        name, digits = spelling.translate(_DIGITS), ""
        while name[-1:].isdecimal():
            name, digits = name[:-1], name[-1] + digits
            known = self.quantity(name.rstrip("_"))
            if known and self.arrays is not None and self.knows(known) and known not in self.arrays:
                return ""  # one number has no elements
            if known and (len(digits) > 1 or not known.startswith("W")):
                index = digits if "0" in digits else ",".join(digits)  # indices count from 1
                return f"Write {known}[{index}]." if len(digits) < 3 and digits[0] != "0" else ""
        return ""

    def _numbered(self, spelling: str) -> str:
        """The quantities of the same kind in other layers."""
        stem = spelling.rstrip("0123456789")
        alike = [name for name in sorted(self.names or ()) if re.fullmatch(rf"{re.escape(stem)}\d+", name)]
        return f"There {'are' if len(alike) > 1 else 'is'} {' and '.join(alike[:6])}." if alike else ""

    def nearest(self, spelling: str) -> str:
        """Why there is no such function, or the question "Did you mean …?" over functions and quantities."""
        return _ELSEWHERE.get(spelling) or _did_you_mean(spelling, [*self.functions, *(self.names or ())])


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
    from difflib import SequenceMatcher, get_close_matches  # only ever needed once something is wrong

    near = get_close_matches(spelling, sorted(set(words)), n=3)
    alike = [SequenceMatcher(None, spelling, word).ratio() for word in near]
    near = [word for word, ratio in zip(near, alike, strict=True) if ratio > alike[0] - FURTHER]
    return f"Did you mean {' or '.join(near)}?" if near else ""
