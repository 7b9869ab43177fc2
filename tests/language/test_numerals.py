"""Numbers with commas, points and spaces in other places: never read as another number."""

import pytest

from backprop_tutor.errors import LanguageError
from backprop_tutor.language import parse


def refused(text: str) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        parse(text, functions={"max": "max"}, names={"x", "e"})
    return caught.value


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("1,250", "may part thousands", "Write 1250 or 1.250."),
        ("12,345e3", "may part thousands", "Write 12345e3 or 12.345e3."),
        ("1,250.00", "thousands", "Write 1250.00."),
        ("1.250,00", "thousands", "Write 1250.00."),
        ("1,250,000", "thousands", "Write 1250000."),
        ("1.250.000", "thousands", "Write 1250000."),
        ("12,34,567", "thousands", "Write 1234567."),
        ("1 250", "thousands", "Write 1250."),
        ("1\u202f250,5", "thousands", "Write 1250.5."),
        ("1'250", "thousands", "Write 1250."),
        ("1’250.5", "thousands", "Write 1250.5."),
        ("1_250", "thousands", "Write 1250."),
        ("0,250", "decimal comma", "Write 0.250."),
        (",5", "decimal comma", "Write 0.5."),
        ("2,98371e-1", "decimal comma", "Write 2.98371e-1."),
        ("2,5E-3", "decimal comma", "Write 2.5E-3."),
        ("1,2×10^-3", "decimal comma", "Write 1.2."),
        ("1.2 e-3", "two ways", "Write 1.2e-3 or 1.2*e - 3."),
        ("1.2e -3", "two ways", "Write 1.2e-3 or 1.2*e - 3."),
        ("1.2e- 3", "two ways", "Write 1.2e-3 or 1.2*e - 3."),
    ],
)
def test_a_number_in_another_spelling_is_shown_in_ours(text: str, what: str, hint: str) -> None:
    for whole in (text, f"-{text}", f"3 + {text}", f"2*({text})"):
        error = refused(whole)
        assert what in error.what
        assert error.hint == hint
        if what != "two ways":
            assert error.text[error.start : error.end] == text.removesuffix("×10^-3")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.25 e3", "1.25e3"),
        ("1.25 E3", "1.25e3"),
        ("1.25EE3", "1.25e3"),
        ("1.25 EE 3", "1.25e3"),
        ("1.25EE-3", "1.25e-3"),
        ("1.25D+03", "1.25e03"),
    ],
)
def test_an_exponent_as_calculators_spell_it_is_shown_in_ours(text: str, number: str) -> None:
    for whole in (text, f"-{text}", f"3 + {text}"):
        error = refused(whole)
        assert error.hint == f"Write {number}."
        assert error.what == "This number is not written as one."


def test_what_an_exponent_may_be_spelled_with_can_be_a_quantity() -> None:
    for text, names in (("2 e3", {"e3"}), ("2d3", {"d3"}), ("2 d", {"d"}), ("2 d3", None)):
        assert parse(text, functions={}, names=names) == parse(
            text.replace("2", "2*"), functions={}, names=names
        )


def test_commas_and_spaces_that_have_a_meaning_keep_it() -> None:
    for text, same in (("[1,250; 3,4]", "[[1, 250], [3, 4]]"), ("max(1,250)", "max(1, 250)")):
        assert parse(text, functions={"max": "max"}) == parse(same, functions={"max": "max"})
    assert parse("2e - 3", functions={}, names={"e"}) == parse("2*e - 3", functions={}, names={"e"})
    assert "side by side" in refused("2 3").what
    assert "comma stands only" in refused("1, 2").what


def test_x_is_a_sign_only_before_a_power_of_ten() -> None:
    assert parse("1.2x10^-3", functions={}, names={"x"}) == parse("1.2*10^-3", functions={})
    assert parse("1.2x10^2", functions={}, names={"x10"}) == parse("1.2*x10^2", functions={})
    assert parse("2x", functions={}, names={"x"}) == parse("2*x", functions={})
