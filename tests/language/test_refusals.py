"""What is refused is refused for its own reason, and the message says what would be right."""

from fractions import Fraction

import pytest

from backprop_tutor.errors import LanguageError
from backprop_tutor.language import Call, Expr, Item, Num, Sym, parse
from backprop_tutor.language.numerals import why_no_number

NAMES = {"x", "y", "W", "h1", "i", "j"}


@pytest.mark.parametrize(
    ("typed", "what", "hint"),
    [
        ("x/y x", "a/b c can be read in two ways.", "Write (a/b)*c or a/(b*c)."),
        ("W@x y", "a@b c can be read in two ways.", "Write (a@b)*c or a@(b*c)."),
        ("h1[1](2)", "The example comes before the index.", "Write h1(2)[1], or * for a product."),
        ("np.exp(x)", "np. has no place here.", "Write functions by their name alone, as in exp(x)."),
        ("x ? y", "The character ? (U+003F QUESTION MARK) has no place in a formula.", ""),
        ("x\u200by", "The character (U+200B ZERO WIDTH SPACE) cannot be seen.", "Type this anew."),
        ("2 3", "Two values stand side by side.", "Put an operator between them: 2*3."),
        ("x[y:-1]", "An index counts from the front: it starts at 1.", ""),
        ("x[0]", "An index starts at 1, not 0: on paper the first entry is 1.", ""),
        ("x[3:2]", "3:2 runs backwards.", ""),
        ("x[1][2:3][1]", "This has an index already.", "Write one, such as [1:2,1]."),
        ("2[1]", "A number has no entries.", "Write * for a product."),
    ],
)
def test_every_refusal_has_its_reason(typed: str, what: str, hint: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(typed, functions={"exp": "exp"}, names=NAMES)
    assert caught.value.what == what
    assert not hint or caught.value.hint == hint


@pytest.mark.parametrize("typed", ["h1[1](y)", "h1[1](2 + 1)", "h1[1] (x)"])
def test_a_bracket_after_an_index_is_an_example_only_with_a_number_in_it(typed: str) -> None:
    read = parse(typed, functions={}, names=NAMES)
    assert isinstance(read, Call)
    assert read.name == "mul"


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("x[2]", Num(Fraction(2))),
        ("x[i]", Sym("i")),
        ("x[i-1]", Call("sub", (Sym("i"), Num(Fraction(1))))),
        ("x[i+2]", Call("add", (Sym("i"), Num(Fraction(2))))),
    ],
)
def test_an_index_is_a_number_a_letter_or_one_beside_it(typed: str, index: Expr) -> None:
    assert parse(typed, functions={}, names=NAMES) == Item(Sym("x"), (index,))


@pytest.mark.parametrize(
    ("numeral", "what"),
    [
        ("0,5", "has a decimal comma"),
        ("-0,5", "has a decimal comma"),
        ("1,250,000", "has separators of thousands"),
        ("0.5", ""),
        ("x", ""),
        ("1,2,3", ""),
        ("", ""),
    ],
)
def test_why_a_text_is_no_number(numeral: str, what: str) -> None:
    assert why_no_number(numeral)[0] == what
