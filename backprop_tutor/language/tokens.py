"""The tokenizer: text to tokens that know their place in the text, or an error that shows it.

Every character is folded to its plain spelling one for one (full-width digits, `−`, `×`), so the
offsets of a token are offsets into the text as it was typed.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from backprop_tutor.errors import LanguageError
from backprop_tutor.language.clean import describe, is_hidden
from backprop_tutor.language.step_index import STEP, without_step

__all__ = [
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_LENGTH",
    "MAX_NAME",
    "MAX_TOKENS",
    "Kind",
    "Token",
    "plain",
    "tokenize",
]

MAX_LENGTH = 20_000
MAX_TOKENS = 10_000
MAX_NAME = 64
MAX_DIGITS = 1_000
MAX_EXPONENT = 399

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_LOWERED = str.maketrans(SUPERSCRIPTS + SUBSCRIPTS, "0123456789+-0123456789")

_SPELLINGS = str.maketrans("‐‑‒–—−×·⋅∗∙•⊙÷∕⁄’′ʹʼᴇ⏨⟨⟩〈〉", "------*******///''''ee<><>")

# Compatibility spellings that mean their plain character; a superscript or a circled digit does not.
_FOLDED = frozenset(["<wide>", "<narrow>", "<font>", "<noBreak>", "<compat>", "<small>"])

_TOKEN = re.compile(
    rf"""
      (?P<space>  [ \t\r\n]+ )
    | (?P<number> (?: [0-9]+ (?: \.[0-9]+ | \.(?![\w*.]) | \.(?=[eE][-+]?[0-9]) )? | \.[0-9]+ )
                  (?: [eE][-+]?[0-9]+ )? )
    | (?P<super>  [⁺⁻]? [⁰¹²³⁴⁵⁶⁷⁸⁹]+ )
    | (?P<fraction> [½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒] )
    | (?P<name>   √ | (?: (?![⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀ]) [^\W\d₀-₉] ) (?: (?![⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀ]) [\w\u0300-\u036f] )*
                  (?: (?: {STEP} ) \w* )? )
    | (?P<op>     \*\* | [<>=]= | [<>≤≥] | \.\* | \.T(?![^\W⁰¹²³⁴⁵⁶⁷⁸⁹]) | ᵀ | [-+*/^@()\[\],;:='∂] )
    """,
    re.VERBOSE,
)

_MODULE = re.compile(r"\b(?:np|numpy|math|torch|tf|jnp|sympy|F|nn)$")

_PLAIN_OP = {"**": "^", ".*": "*", "ᵀ": ".T", "≤": "<=", "≥": ">="}

_REASONS = {
    "%": ("A percentage is not read, because it is easily mistaken.", "Write 2.5% as 0.025."),
    "∞": ("An answer must be a finite number.", ""),
    '"': ("Text in quotes has no place in a formula.", ""),
    "\\": ("A backslash has no place here.", "Write sigma, not \\sigma; a/b, not \\frac{a}{b}."),
    "{": ("Curly brackets are not used here.", "Group with ( and )."),
    "}": ("Curly brackets are not used here.", "Group with ( and )."),
    "|": ("Bars are not used here.", "Write abs(x) for an absolute value."),
    "!": ("There is no factorial here.", ""),
    **dict.fromkeys("~≈≃≅∼", ("Only the value is wanted here, without ≈ before it.", "")),
    ".": ("A dot stands only inside a number, or before T for a transpose.", "Write 0.5 or W1.T."),
}


class Kind(Enum):
    NUMBER = auto()
    FRACTION = auto()
    NAME = auto()
    SUPER = auto()
    OP = auto()
    END = auto()


class Token(NamedTuple):
    """`text` in plain spelling; `start` and `end` are offsets into the text as typed."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, the last of them of kind END. Raises LanguageError."""
    if len(text) > MAX_LENGTH:
        raise LanguageError(
            f"This is {len(text):,} characters long; {MAX_LENGTH:,} is the most that is read.",
            text=text,
            start=MAX_LENGTH,
        )
    for at, character in enumerate(text):
        if is_hidden(character) and character not in "\n\t\r":
            raise _refused(text, at)
    tokens = list(islice(_scan(text, plain(text)), MAX_TOKENS + 1))
    if len(tokens) > MAX_TOKENS:
        raise LanguageError(
            f"This has more than {MAX_TOKENS:,} numbers, names and signs.",
            text=text,
            start=tokens[-1].start,
            end=tokens[-1].end,
        )
    return tokens


def plain(text: str) -> str:
    """`text` in plain spelling, one character for one."""
    return text if text.isascii() else "".join(map(_fold, text))


def _scan(text: str, plain: str) -> Iterator[Token]:
    at = 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if match is None:
            raise _refused(text, at)
        found, start, at = match.group(), at, match.end()
        match match.lastgroup:
            case "op":
                yield Token(Kind.OP, _PLAIN_OP.get(found, found), start, at)
            case "number":
                yield _number(Token(Kind.NUMBER, found, start, at), text)
            case "name":
                yield _name(Token(Kind.NAME, found, start, at), text)
            case "fraction":
                spelled = unicodedata.normalize("NFKC", found).replace("\N{FRACTION SLASH}", "/")
                yield Token(Kind.FRACTION, spelled, start, at)
            case "super":
                yield _number(Token(Kind.SUPER, found.translate(_LOWERED), start, at), text)
    yield Token(Kind.END, "", len(text), len(text))


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character.isascii():
        return character
    if character.isspace():
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    tag = unicodedata.decomposition(character).partition(" ")[0]
    folded = unicodedata.normalize("NFKC", character)
    if tag in _FOLDED and len(folded) == 1:
        character = folded
    return character.translate(_SPELLINGS)


def _name(token: Token, text: str) -> Token:
    name = token.text if token.text.isascii() else unicodedata.normalize("NFC", token.text)
    if len(name) > MAX_NAME:
        raise LanguageError(
            f"The name {name[:12]}… is {len(name):,} characters long; {MAX_NAME} is the most.",
            text=text,
            start=token.start,
            end=token.end,
        )
    if "__" in name:
        start = token.start + token.text.index("__")
        raise LanguageError(
            "Two underscores in a row do not belong in a name.", text=text, start=start, end=start + 2
        )
    spelled = without_step(name).translate(_LOWERED)
    if name != "√" and not spelled.isidentifier():
        stray = next(i for i in range(len(spelled)) if not spelled[: i + 1].isidentifier())
        raise _refused(text, min(token.start + stray, token.end - 1))
    return token._replace(text=name)


def _number(token: Token, text: str) -> Token:
    digits, _, exponent = token.text.lower().partition("e")
    if len(digits) > MAX_DIGITS:
        problem = f"This number has {len(digits):,} digits; {MAX_DIGITS:,} is the most that is read."
    elif len(exponent) > MAX_DIGITS or abs(int(exponent or 0)) > MAX_EXPONENT:
        problem = f"This number is out of range: the exponent goes from -{MAX_EXPONENT} to {MAX_EXPONENT}."
    else:
        return token
    raise LanguageError(problem, text=text, start=token.start, end=token.end)


def _refused(text: str, at: int) -> LanguageError:
    what, hint = _REASONS.get(_fold(text[at]), ("", ""))
    if text[at] == "." and (module := _MODULE.search(text, 0, at)):
        what, hint = f"{module[0]}. has no place here.", "Write functions by their name alone, as in exp(x)."
    if is_hidden(text[at]):
        what, hint = f"The character {describe(text[at])} cannot be seen.", "Type this anew."
    return LanguageError(
        what or f"The character {describe(text[at])} has no place in a formula.",
        text=text,
        start=at,
        end=at + 1,
        hint=hint,
    )
