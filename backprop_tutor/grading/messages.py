"""What is said to the student, in one or two sentences."""

from collections.abc import Sequence

from backprop_tutor.grading.number import LEAST_DIGITS, Number
from backprop_tutor.grading.verdict import Verdict

__all__ = [
    "NUMBER_ONLY",
    "UNDECIDED",
    "of_entries",
    "rounded_too_early",
    "transposed",
    "wrong_shape",
]

NUMBER_ONLY = (
    "The number is right, the formula is not: with other values of the quantities in it, it gives "
    "something else."
)
UNDECIDED = "This formula could not be checked, and is not counted as wrong."


def rounded_too_early(number: Number) -> str:
    digits = f"{number.digits} digit{'s' if number.digits != 1 else ''}"
    return (
        f"Right as far as it goes, but rounded too early: {digits} where at least {LEAST_DIGITS} "
        "significant ones are needed."
    )


def shape_text(shape: Sequence[int]) -> str:
    """`2×3`, or `3 numbers` for a vector."""
    if not shape:
        return "one number"
    return f"{shape[0]} numbers" if len(shape) == 1 else "×".join(map(str, shape))


def wrong_shape(name: str, given: Sequence[int], wanted: Sequence[int], batched: bool) -> str:
    rows = " (one row an example)" if batched and len(wanted) > 1 and wanted[0] > 1 else ""
    wanted = wanted[1:] if batched and wanted[0] == 1 else wanted
    return f"{name} has the shape {shape_text(wanted)}{rows}; this is {shape_text(given)}."


def transposed(name: str, given: Sequence[int], wanted: Sequence[int]) -> str:
    return (
        f"This is transposed: {name} has {wanted[0]} rows and {wanted[1]} columns, "
        f"not {given[0]} and {given[1]}. Its values have not been looked at yet."
    )


def of_entries(entries: Sequence[Verdict]) -> str:
    """What is said of a whole array: the count, then the first thing wrong."""
    right = sum(entry.verdict == "correct" for entry in entries)
    if right == len(entries):
        return "Right."
    passed = sum(entry.passed for entry in entries)
    lines = [f"{passed} of {len(entries)} entries are right."] if passed < len(entries) else []
    told: list[str] = []
    for entry in entries:
        if entry.verdict != "correct" and entry.message and entry.message not in told and len(told) < 3:
            told.append(entry.message)
            lines.append(f"{entry.quantity}: {entry.message}")
    return " ".join(lines)
