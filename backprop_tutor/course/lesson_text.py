"""The text of a lesson: `names` are printed in the reader's letters, {values} come from the exercise.

Paragraphs are separated by empty lines. A line that begins with two spaces stands by itself. Between two
asterisks on each side a word is **stressed**.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.course.reckoning import Amount, Reckoner
from backprop_tutor.errors import BackpropTutorError, LanguageError
from backprop_tutor.grading.number import exact_value
from backprop_tutor.language import parse
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough import decimal
from backprop_tutor.walkthrough.numbers import in_full, is_terminating

__all__ = ["Figure", "Named", "Paragraph", "Piece", "Said", "amount_text", "number_said", "read_text"]

MARKS = re.compile(r"`([^`\n]*)`|\{([^{}]*)\}|\*\*([^*\n]+)\*\*")
BARE_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,/]\d+)*(?![\w])")
DIGITS = 4  # of a number that has no short form
GROUPED = 10_000  # from here on the digits of a whole number stand in groups
SHORT = 8  # characters of a decimal that is still written in full
_SIDES = re.compile(r"([=≈])")
_SUM = re.compile(r"[-+−·×*/()0-9.\s²³^]*")
_TYPED = str.maketrans({"−": "-", "·": "*", "×": "*"})
ABOUT = 0.01  # relative: how near the sides of ≈ are


class Said(NamedTuple):
    words: str
    stressed: bool = False


class Named(NamedTuple):
    """A name or a formula."""

    expr: Expr


class Figure(NamedTuple):
    """A number of the exercise, or an array."""

    amount: Amount


Piece = Said | Named | Figure


class Paragraph(NamedTuple):
    """`kept`: a line that stands by itself."""

    pieces: tuple[Piece, ...]
    kept: bool = False


Fault = Callable[[str, int, str, str], None]
"""Takes a stretch of the text, which of those alike it is, what is wrong with it and what would be right."""


def read_text(text: str, reckoner: Reckoner, fault: Fault, warn: Fault) -> tuple[Paragraph, ...]:
    """The paragraphs that `text` holds. What is wrong goes to `fault`, a number written down to `warn`."""
    paragraphs, seen = [], dict[str, int]()
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines, running = block.split("\n"), list[str]()
        for line in [*lines, None]:
            if line is not None and not line.startswith("  "):
                running.append(line.strip())
                continue
            if any(running):
                paragraphs.append(Paragraph(tuple(_pieces(" ".join(running), reckoner, seen, fault))))
            running = []
            if line is not None and line.strip():
                paragraphs.append(Paragraph(tuple(_pieces(line.strip(), reckoner, seen, fault)), kept=True))
    written = dict[str, int]()
    for bare in BARE_NUMBER.finditer(MARKS.sub(lambda mark: "_" * len(mark[0]), text)):
        nth = written[bare[0]] = written.get(bare[0], -1) + 1
        hint = f"Write {{ }} around it, and what it is: {{{bare[0]}}} at least."
        warn(bare[0], nth, f"the number {bare[0]} is written down.", hint)
    for paragraph in paragraphs:
        for wrong in _untrue(paragraph):
            fault("", 0, f"this says {wrong}, which is not so.", "")
    return tuple(paragraphs)


def _pieces(line: str, reckoner: Reckoner, seen: dict[str, int], fault: Fault) -> Iterator[Piece]:
    end = 0
    for mark in MARKS.finditer(line):
        if mark.start() > end:
            yield Said(line[end : mark.start()])
        end = mark.end()
        name, value, stressed = mark.groups()
        if stressed is not None:
            yield Said(stressed, stressed=True)
            continue
        nth = seen[mark[0]] = seen.get(mark[0], -1) + 1
        try:
            if name is not None:
                yield Named(reckoner.equation(name))
            else:
                yield Figure(reckoner.amount(reckoner.read(value)))
        except BackpropTutorError as error:
            fault(mark[0], nth, _said(error), error.hint)
    if rest := line[end:]:
        yield Said(rest)


def _said(error: BackpropTutorError) -> str:
    """What is wrong, as a fault begins: with a small letter, unless with a name."""
    what = error.what
    return what if isinstance(error, LanguageError) else what[0].lower() + what[1:]


def number_said(value: float, exact: Fraction | None) -> str:
    """A number as a sentence has it: -18, 0.18, 1/3, 0.2447."""
    if exact is None:
        return decimal(value, DIGITS)
    if exact.denominator == 1:
        return f"{exact.numerator:,}" if abs(exact) >= GROUPED else str(exact)
    if is_terminating(exact) and len(full := in_full(value, exact).lstrip("-")) <= SHORT:
        return f"{'-' * (exact < 0)}{full}"
    text = str(exact)
    return text if len(text) <= SHORT else decimal(exact, DIGITS)


def amount_text(amount: Amount) -> str:
    """A number, a vector (2, 1, 3) or a matrix [1 2; 0 1]."""
    texts = [
        number_said(float(value), None if amount.exact is None else Fraction(exact))
        for value, exact in zip(
            amount.value.ravel(),
            amount.value.ravel() if amount.exact is None else amount.exact.ravel(),
            strict=True,
        )
    ]
    if not amount.value.shape:
        return texts[0]
    width = amount.value.shape[-1]
    rows = [texts[start : start + width] for start in range(0, len(texts), width)]
    if len(texts) in (width, len(rows)):  # one row, or one column
        return f"({', '.join(texts)})"
    return f"[{'; '.join(' '.join(row) for row in rows)}]"


def _untrue(paragraph: Paragraph) -> Iterator[str]:
    """The equations between numbers in a paragraph that do not hold."""
    text = "".join(map(_shown, paragraph.pieces))
    parts = _SIDES.split(text)
    for left, (sign, right) in zip(parts[::2], zip(parts[1::2], parts[2::2], strict=True), strict=False):
        ends = _sum(left, at_end=True), _sum(right, at_end=False)
        values = [exact_value(parsed) for end in ends if (parsed := _parsed(end)) is not None]
        a, b = values if len(values) == 2 else (None, None)
        if a is not None and b is not None:
            off = abs(a - b)
            if off > (ABOUT * max(abs(a), abs(b)) if sign == "≈" else 0):
                yield f"{ends[0]} {sign} {ends[1].rstrip('.')}"


def _shown(piece: Piece) -> str:
    match piece:
        case Said(words):
            return words
        case Figure(amount):
            return amount_text(amount)
        case Named():
            return "§"  # no arithmetic goes through a name


def _sum(side: str, *, at_end: bool) -> str:
    """The longest stretch of arithmetic at the end, or at the start, of one side of an equation."""
    starts = range(len(side) + 1)
    found = [side[start:] if at_end else side[: len(side) - start] for start in starts]
    return next((text.strip() for text in found if _SUM.fullmatch(text) and _parsed(text) is not None), "")


def _parsed(text: str) -> Expr | None:
    try:
        return parse(text.strip().translate(_TYPED), functions={}, names=()) if text.strip() else None
    except LanguageError:
        return None
