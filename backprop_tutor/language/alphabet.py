"""Raised and lowered characters, and the Greek letters by name."""

from unicodedata import normalize

__all__ = ["GREEK", "ascii_letters", "hatted", "subscript", "superscript"]

# Those that have a command of their own in LaTeX.
_FIRST = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho"
_REST = "sigma tau phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"

GREEK = dict(zip("αβγδεζηθικλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ", f"{_FIRST} {_REST}".split(), strict=True))

_RAISED = dict(
    zip("0123456789+-=()nikjprstxyzabcdlmoNTW", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵏʲᵖʳˢᵗˣʸᶻᵃᵇᶜᵈˡᵐᵒᴺᵀᵂ", strict=True)
)
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def superscript(text: str) -> str:
    """`text` in raised characters, `^text` or `^(text)` where one of them does not exist."""
    return _moved(text, _RAISED, "^")


def subscript(text: str) -> str:
    """`text` in lowered characters, `_text` or `_(text)` where one of them does not exist."""
    return _moved(text, _LOWERED, "_")


def _moved(text: str, characters: dict[str, str], sign: str) -> str:
    if all(character in characters for character in text):
        return "".join(characters[character] for character in text)
    return f"{sign}{text}" if text.isalnum() else f"{sign}({text})"


def ascii_letters(text: str) -> str:
    """`text` with Greek letters by name, ŷ as yhat and raised or lowered digits as digits."""
    if text.isascii():
        return text
    named = "".join(GREEK.get(character, character) for character in text)
    return "".join(c if c.isascii() else _plain(c) for c in named)


def hatted(character: str) -> str:
    """The letter under a hat: `y` of `ŷ`; nothing for any other character."""
    letter, hat, rest = normalize("NFD", character).partition("\N{COMBINING CIRCUMFLEX ACCENT}")
    return letter if hat and not rest else ""


def _plain(character: str) -> str:
    if letter := hatted(character):
        return f"{letter}hat"
    plain = normalize("NFKC", character)
    return plain if plain.isascii() else character
