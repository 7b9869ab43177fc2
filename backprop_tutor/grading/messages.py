"""What is said to the student, in one or two sentences."""

from collections.abc import Callable, Sequence
from itertools import islice

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.grading.cause import Found
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.verdict import Verdict

__all__ = [
    "BLANK",
    "BY_ENTRIES",
    "CUT_OFF",
    "HIDDEN",
    "NEARLY",
    "NO_VALUE",
    "NUMBER_ONLY",
    "OLD",
    "OTHER_ARRAY",
    "RIGHT",
    "RIGHT_FROM_ROUNDED",
    "RIGHT_HERE",
    "UNDECIDED",
    "VAGUE",
    "circular",
    "doubt",
    "exchanged",
    "explained",
    "follow_through",
    "not_an_array",
    "not_one_number",
    "of_entries",
    "of_error",
    "rounded_too_early",
    "transposed",
    "trivial",
    "unexplained",
    "wrong_shape",
]

BLANK = "Not answered."
RIGHT = "Right."
RIGHT_HERE = "Right as long as every unit stays on or off as it is here: the formula takes that for granted."
RIGHT_FROM_ROUNDED = "Right, worked out from your rounded values."
NEARLY = (
    "The first digits are right, the last one that counts is not: a rounding on the way. Keep more digits in "
    "between."
)
HIDDEN = (
    "So few digits do not show the step: they are those of the old value as well. Give as many digits as "
    "show that it has changed."
)
VAGUE = (
    "Rounding on the way may have brought it here, and so may a slip: digits cancel in this step. Work it "
    "out with more of them."
)
OLD = "This is the old value: nothing has been changed yet."
CUT_OFF = (
    "The first digits of the right value, cut off where they should be rounded. Round the last one, or give "
    "one more."
)
NO_VALUE = "This formula has no finite value at this exercise's numbers."
NUMBER_ONLY = (
    "The number is right, the formula is not: with other values of the quantities in it, it gives "
    "something else."
)
BY_ENTRIES = "* multiplies entry by entry: the matrix product is @."
OTHER_ARRAY = "This formula gives another array."
UNDECIDED = "This formula could not be checked, and is not counted as wrong."

LONGEST_FORMULA = 70
ARTICLES = ("an ", "the ")
LONGEST_ECHO = 40
MOST_NAMED = 3


def rounded_too_early(number: Number, precision: Precision) -> str:
    digits = f"{number.digits} digit{'s' if number.digits != 1 else ''}"
    needed = f"{digits} where at least {precision.least} are needed."
    return f"Right as far as it goes, but rounded too early: {needed}"


def follow_through(origin: str) -> str:
    return f"Your method is right; the slip was in {origin or 'an earlier step'}."


def trivial(zero: str, origin: str) -> str:
    slip = f"; the slip was in {origin}" if origin and origin != zero else ""
    return f"With your {zero} = 0 nothing was left to work out here, so it earns nothing{slip}."


def explained(
    echo: str, name: str, quantity: str, formula: str, found: Found, said: Callable[[str], str]
) -> str:
    """`You got -2. That is (t - z)·h1[1] with the 1/2 forgotten.`"""
    first = found.causes[0]
    what = formula if formula and len(formula) <= LONGEST_FORMULA else said(name)
    place = f", in {said(first.place)}" if first.place else ", in every layer"
    where = "" if first.place == quantity else place
    got = echo if len(echo) <= LONGEST_ECHO else f"{echo[: LONGEST_ECHO - 1]}…"
    is_cause = "is" if found.certain else "may be"
    message = f"You got {got}. That {is_cause} {what} with {first.says}{where}."
    return message + doubt(found, "the same number comes", "so simple a number comes")


def doubt(found: Found, same: str, simple: str) -> str:
    """What is added where another slip may be meant: the `same` comes of it, or what comes is so `simple`."""
    if len(found.causes) > 1:
        return f" It is not certain: {same} out with {found.causes[1].says}."
    return "" if found.certain else f" It is not certain: {simple} out in other ways too."


def unexplained(right: Sequence[str]) -> str:
    named = right[:MOST_NAMED]
    if not named:
        return "No usual slip gives this number."
    if len(named) == 1:
        return f"{named[0]} is right already: look at what is done with it."
    return f"{', '.join(named[:-1])} and {named[-1]} are right already: look at how they are put together."


def circular(later: str, name: str) -> str:
    return f"{later} comes after {name}, and cannot be used to find it. Use what comes before it."


def _size(shape: Sequence[int]) -> str:
    """`2×3`, or `3 numbers` for a vector."""
    if not shape:
        return "one number"
    if len(shape) == 1:
        return f"{shape[0]} number{'s' if shape[0] != 1 else ''}"
    return "×".join(map(str, shape))


def not_one_number(name: str, shape: Sequence[int]) -> str:
    return f"{name} is one number, but this formula gives {_size(shape)}."


def not_an_array(name: str) -> str:
    return f"{name} is one number, not an array."


def wrong_shape(
    name: str, given: Sequence[int], wanted: Sequence[int], batched: bool, by_columns: bool = False
) -> str:
    line = "column" if by_columns else "row"
    rows = f" (one {line} an example)" if batched and len(wanted) > 1 and wanted[0] > 1 else ""
    wanted = wanted[1:] if batched and wanted[0] == 1 else wanted
    if by_columns:
        given, wanted = given[::-1], wanted[::-1]
    return f"The shape of {name} is {_size(wanted)}{rows}; this is {_size(given)}."


def transposed(name: str, given: Sequence[int], wanted: Sequence[int], by_columns: bool = False) -> str:
    if by_columns:
        given, wanted = given[::-1], wanted[::-1]
    return (
        f"This is transposed: {name} is {_size(wanted)} (rows × columns), not {_size(given)}. "
        "Its values have not been looked at yet."
    )


def exchanged(name: str) -> str:
    return f"This is transposed: the rows of {name} stand where its columns belong, and the columns as rows."


def of_error(error: BackpropTutorError) -> str:
    """What kept an answer from being read, and what to do, as sentences."""
    what = error.what if error.what.endswith((".", "?", "!")) else f"{error.what}."
    what = what[0].upper() + what[1:] if what.startswith(ARTICLES) else what
    return f"{what} {error.hint}".strip()


def of_entries(entries: Sequence[Verdict], said: Callable[[str], str]) -> str:
    """What is said of a whole array: the count, then the first things wrong."""
    passed = sum(entry.passed for entry in entries)
    told: dict[str, list[str]] = {}
    for entry in entries:
        if entry.verdict != "correct":
            told.setdefault(entry.message, []).append(said(entry.quantity))
    if not told:
        return RIGHT
    lines = [f"{passed} of {len(entries)} entries are right."] if passed < len(entries) else []
    shown = [f"{_named(names)}: {message}" for message, names in islice(told.items(), MOST_NAMED)]
    return " ".join([*lines, *shown])


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"
