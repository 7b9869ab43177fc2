"""What is meant by what is typed in a notation: `a¹`, `a1` and `a^1` are `h1` where the course says a."""

import re
from collections.abc import Iterator, Mapping

from backprop_tutor.errors import LanguageError
from backprop_tutor.language.alphabet import GREEK, ascii_letters
from backprop_tutor.language.notation import Letter, Notation
from backprop_tutor.language.step_index import split_step
from backprop_tutor.language.tokens import Kind, Token

__all__ = ["Reader"]

_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class Reader:
    """Reads the letters of a notation; `letters` says how each of the program's names is written in it."""

    def __init__(self, notation: Notation, letters: Mapping[str, Letter]) -> None:
        self.notation = notation
        self.meant = dict(_meanings(notation, letters))
        spellings = sorted({spelled.letter for spelled in self.meant}, key=len, reverse=True)
        self.word = re.compile(rf"({'|'.join(map(re.escape, spellings))})_?(\d*)(_new\d*)?")

    def read(self, text: str, tokens: list[Token]) -> list[Token]:
        """`tokens` with the program's own names in them; those of other words are left alone."""
        read: list[Token] = []
        at = 0
        while at < len(tokens):
            name, used = self._name(text, tokens, at) if tokens[at].kind is Kind.NAME else ("", 0)
            last = tokens[at + used - 1] if used else tokens[at]
            read.append(Token(Kind.NAME, name, tokens[at].start, last.end) if used else tokens[at])
            at += used or 1
        return read

    def _name(self, text: str, tokens: list[Token], at: int) -> tuple[str, int]:
        """The name that begins at `at` and how many tokens it takes: none where it is not ours."""
        typed, step = split_step(tokens[at].text.translate(_LOWERED))
        step = f"<{step}>" if step else ""
        for prefix in ("", "d", "d2"):
            word = self.word.fullmatch(typed.removeprefix(prefix)) if typed.startswith(prefix) else None
            if word is None:
                continue
            letter, layer, new = word.groups("")
            used = 1
            if not layer and not new and not step:
                layer, used = self._raised(letter, tokens, at)
            after = tokens[min(at + used, len(tokens) - 1)]
            if not new and used > 1 and re.fullmatch(r"_new\d*", after.text):
                new, used = after.text, used + 1
            name = self._quantity(letter, layer)
            if name is None and not layer:
                raise self._without_layer(letter, text, tokens[at])
            if name is not None:
                return prefix + name + step + new, used
        return "", 0

    def _raised(self, letter: str, tokens: list[Token], at: int) -> tuple[str, int]:
        """The layer in `a¹`, `a^1` or `a^(1)`, and how many tokens the letter takes with it."""
        numbered = any(meant.letter == letter and meant.layer for meant in self.meant)
        if self.notation.layer != "raised" or not numbered:
            return "", 1
        signs = [token.text for token in tokens[at + 1 : at + 5]]
        kinds = [token.kind for token in tokens[at + 1 : at + 5]]
        if kinds[0] is Kind.SUPER:
            return signs[0], 2
        if signs[0] == "^" and kinds[1] is Kind.NUMBER:
            return signs[1], 3
        if signs[:2] == ["^", "("] and kinds[2] is Kind.NUMBER and signs[3] == ")":
            return signs[2], 5
        return "", 1

    def _quantity(self, letter: str, layer: str) -> str | None:
        """The quantity that is meant; a letter without its number may stand for the only one there is."""
        if layer or Letter(letter) in self.meant:
            found = self.meant.get(Letter(letter, layer))
            is_loss = letter == self.notation.loss
            return f"J{layer}" if found is None and is_loss else found
        only = [name for meant, name in self.meant.items() if meant.letter == letter]
        return only[0] if len(only) == 1 else None

    def _without_layer(self, letter: str, text: str, token: Token) -> LanguageError:
        layers = [meant.layer for meant in self.meant if meant.letter == letter]
        return LanguageError(
            f"{letter} needs the number of its layer in this notation.",
            text=text,
            start=token.start,
            end=token.end,
            hint=f"Write {' or '.join(f'{letter}{layer}' for layer in layers[:3])}.",
        )


def _meanings(notation: Notation, letters: Mapping[str, Letter]) -> Iterator[tuple[Letter, str]]:
    """What each letter means, in all its spellings."""
    for name, written in letters.items():
        letter = written.letter
        also = {letter, ascii_letters(letter), *notation.also.get(letter, ())}
        also |= {GREEK[letter]} if letter in GREEK else set()
        yield from ((Letter(spelled, written.layer), name) for spelled in also)
