"""One right answer in many written forms."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def written_forms(label: str, value: float, solution: Any) -> Iterator[str]:
    """About thirty ways to write `value`, the right answer to `label`."""
    decimal = f"{value:.10g}" if "e" not in f"{value:.10g}" else f"{value:.14f}"
    plus = "" if decimal.startswith("-") else "+"
    yield decimal
    yield f"  {decimal}  "
    yield plus + decimal
    yield decimal.replace("-", "−")
    yield decimal.replace("-", "–")
    yield decimal.translate(FULL_WIDTH)
    yield f"({decimal})"
    yield f"-({-value!r})" if "e" not in repr(value) else decimal
    yield f"--{decimal}" if not decimal.startswith("-") else f"-(-({decimal}))"
    yield f"{decimal}*1"
    yield f"{decimal}/1"
    yield f"{decimal} + 0"
    yield f"0 + {decimal}"
    yield f"[{decimal}]"
    yield f"{value:.3g}"
    yield f"{value:.4g}"
    yield f"{value:.5g}"
    yield f"{value:.8e}"
    yield f"{value:.6E}"
    yield repr(value)
    yield f"{value / 2!r}*2"
    yield f"2·{value / 2!r}"
    yield f"{value * 4!r}/4"
    yield f"2({value / 2!r})"
    yield f"{value!r}^1"
    yield f"({value!r})**1"
    if decimal.startswith(("0.", "-0.")):
        yield decimal.replace("0.", ".", 1)
    quantity, indices, _ = solution_place(label, solution)
    exact = solution.exact(quantity)
    if exact is not None:
        fraction = Fraction(exact[indices])
        yield str(fraction)
        yield f"{fraction.numerator * 3}/{fraction.denominator * 3}"
        yield f"-({-fraction})"
        yield f"{fraction.numerator} / {fraction.denominator}"
        yield f"{fraction.numerator}÷{fraction.denominator}"
        yield f"{fraction} + 1 - 1"


def solution_place(label: str, solution: Any) -> tuple[str, tuple[int, ...], str]:
    found = solution.find(label)
    shape = solution.shapes[found.name]
    return found.name, next(iter(found.indices(shape))), label
