from fractions import Fraction

import pytest

from backprop_tutor.exercise.scalars import read_number, read_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", Fraction(2)),
        ("-1", Fraction(-1)),
        ("+7", Fraction(7)),
        ("007", Fraction(7)),
        ("0.1", Fraction(1, 10)),
        ("-.5", Fraction(-1, 2)),
        ("3.", Fraction(3)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E+2", Fraction(250)),
        ("1/3", Fraction(1, 3)),
        ("-2/4", Fraction(-1, 2)),
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("False", False),
    ],
)
def test_a_plain_scalar_has_its_yaml_1_2_value(text: str, value: object) -> None:
    result = read_scalar(text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text",
    ["no", "on", "yes", "off", "1:30", "nan", "inf", "0x1F", "0o7", "1_000", "1,5", "1/-3", "1 / 3", "−1",
     "1e", "e3", ".", "-", "1.2.3", "٣"],
)  # fmt: skip
def test_anything_else_is_text(text: str) -> None:
    assert read_scalar(text) == text
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (".nan", "finite"),
        (".inf", "finite"),
        ("1/0", "divides by zero"),
        ("0/00", "divides by zero"),
        ("1e400", "too large"),
        ("1e99999999999", "exponent beyond 400"),
        ("1e-99999999999", "exponent beyond 400"),
        ("1e-400", "too close to zero"),
        ("9" * 5_000, "5,000 digits"),
        ("0." + "0" * 5_000 + "1", "digits"),
        ("1/" + "9" * 5_000, "digits"),
        ("9" * 400, "too large"),
        ("1/" + "9" * 400, "too close to zero"),
    ],
)
def test_a_number_out_of_bounds_is_refused_before_any_arithmetic(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        read_scalar(text)
    assert len(str(caught.value)) < 120
