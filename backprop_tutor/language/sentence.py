"""Sentences about quantities, with slots that a notation fills with its letters."""

from collections.abc import Iterable, Mapping
from typing import Self

from backprop_tutor.language.expr import Sym
from backprop_tutor.language.notation import NOTATIONS, OWN
from backprop_tutor.language.style import Style
from backprop_tutor.language.text import to_text

__all__ = ["Sentence", "SlotWords"]


class Sentence(str):
    """A sentence in the program's own letters, which remembers where they stand: "{net} is linear".

    `Lettering.prose` writes it in the letters of a notation. A slot holds one of `Notation.words`, or else
    the name of a quantity: "the bias {b1} left out".
    """

    template: str

    def __new__(cls, template: str) -> Self:
        if isinstance(template, Sentence):
            template = template.template
        sentence = super().__new__(cls, template.format_map(_OWN_WORDS))
        sentence.template = template
        return sentence

    @classmethod
    def joined(cls, separator: str, sentences: Iterable[str]) -> Self:
        """The sentences in a row, each once."""
        return cls(separator.join(dict.fromkeys(cls(sentence).template for sentence in sentences)))

    def __getnewargs__(self) -> tuple[str]:
        return (self.template,)


class SlotWords(dict[str, str]):
    """What stands in the slots of a sentence: `words`, and quantities in the letters of `style`."""

    def __init__(self, words: Mapping[str, str], style: Style) -> None:
        super().__init__(words)
        self.style = style

    def __missing__(self, name: str) -> str:
        return to_text(Sym(name), self.style)


_OWN_WORDS = SlotWords(NOTATIONS[OWN].words, Style())
