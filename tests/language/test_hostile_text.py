"""Whatever is typed gives a tree or a proper error, in few steps, and is safe to show."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.errors import LanguageError
from backprop_tutor.language import Expr, caret, children, parse, to_latex, to_mathml, to_stacked, to_text
from backprop_tutor.language.clean import is_hidden
from backprop_tutor.language.parser import MAX_DEPTH, MAX_NODES

FUNCTIONS = {"sigmoid": "sigmoid", "σ": "sigmoid", "f": "f"}
NAMES = ["x", "W1", "h1", "J"]

HOSTILE = {
    "minus signs": "-" * 5_000 + "1",
    "open brackets": "(" * 500,
    "very many open brackets": "(" * 19_000,
    "open square brackets": "[" * 19_000,
    "calls in calls": "f(" * 3_000,
    "powers of powers": "^".join("2" * 5_000),
    "a long name": "a" * 20_000,
    "a long composed name": "é" * 20_000,
    "a long number": "1" * 5_000,
    "a long fraction": "0." + "3" * 5_000,
    "a huge exponent": "1e400",
    "a tiny exponent": "1e-99999999999999999999",
    "a long exponent": "1e" + "9" * 6_000,
    "a long superscript": "x" + "²" * 9_000,
    "superscripts on superscripts": "x" + "².T" * 4_000,
    "too long": "1+" * 10_001,
    "too many terms": "+".join("1" * 10_000),
    "too many factors": "f(x)*" * 3_900 + "x",
    "a deep chain": "-".join("1" * 5_000),
    "many transposes": "x" + ".T" * 4_000,
    "many indices": "x" + "[1]" * 3_000,
    "not a number": "nan",
    "infinity": "oo",
    "an escape sequence": "\x1b[31mx\x1b[0m",
    "a C1 control": "\x9b31mx",
    "an override": "x\u202e+1",
    "an isolate": "\u2066x\u2069",
    "zero width": "x\u200b",
    "a variation selector": "x\ufe0f",
    "a filler letter": "\u3164",
    "a lone surrogate": "\ud800",
    "a null": "x\x00",
    "an emoji": "😀",
    "Rich markup": "[bold]x[/bold]",
    "an attribute": "x.__class__",
    "dunder": "__import__",
    "a call of an attribute": "().__class__.__bases__[0]",
    "a string": "'x'",
    "a double-quoted string": '"x"',
    "a backslash": "\\frac{1}{2}",
    "a lambda": "lambda: 0",
    "a comprehension": "[x for x in (1, 2)]",
    "a walrus": "(x := 1)",
    "a comment": "1 # 2",
    "a fraction without its denominator": "⅟",
    "a circled digit": "①",
    "a dollar": "$x$",
}


def steps(work: Callable[[], object]) -> int:
    """How many Python functions `work` calls."""
    calls = 0

    def count(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def refuse(text: str) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        parse(text, functions=FUNCTIONS, names=NAMES)
    return caught.value


def assert_safe(error: LanguageError) -> None:
    drawing = caret(error)
    assert not any(is_hidden(character) for character in str(error))
    assert not any(is_hidden(character) for character in drawing if character != "\n")
    assert len(drawing.splitlines()) == 2
    assert len(str(error)) < 300
    assert 0 <= error.start < error.end
    assert error.start <= len(error.text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused_in_few_steps(text: str) -> None:
    assert steps(lambda: assert_safe(refuse(text))) < 20 * len(text) + 2_000


def test_errors_name_a_hidden_character() -> None:
    assert "(U+202E RIGHT-TO-LEFT OVERRIDE)" in refuse("x\u202e").what
    assert "😀 (U+1F600 GRINNING FACE)" in refuse("😀").what


def test_the_limits_say_what_they_are() -> None:
    assert "20,002 characters" in refuse(HOSTILE["too long"]).what
    assert "64 levels" in refuse(HOSTILE["minus signs"]).what
    assert "64 is the most" in refuse(HOSTILE["a long name"]).what
    assert "5,000 digits" in refuse(HOSTILE["a long number"]).what
    assert "out of range" in refuse(HOSTILE["a huge exponent"]).what
    assert f"{MAX_DEPTH} operations deep" in refuse(HOSTILE["a deep chain"]).what


@pytest.mark.parametrize(
    ("limit", "made"),
    [
        (20_000, lambda n: "1".ljust(n)),
        (5_000, lambda n: "+".join("1" * n)),  # with signs and the end 10,000 tokens
        (64, lambda n: "a" * n),
        (1_000, lambda n: "1" * n),
        (399, lambda n: f"1e{n}"),
        (399, lambda n: f"1e-{n}"),
        (64, lambda n: "(" * n + "1" + ")" * n),
        (32, lambda n: f"x[{','.join('1' * n)}]"),
        (32, lambda n: "x" + "[1]" * n),
        (32, lambda n: "x[1,2,3]" + "[1]" * (n - 3)),
    ],
)
def test_both_sides_of_every_limit(limit: int, made: Callable[[int], str]) -> None:
    parse(made(limit), functions={})
    with pytest.raises(LanguageError):
        parse(made(limit + 1), functions={})


@pytest.mark.parametrize("nest", ["(1+2*", "f(1,-", "f(1+2*", "[1,-2*", "2^-(", "(1/2 - ", "f(1,axis="])
@pytest.mark.parametrize("printer", [to_text, to_latex, to_mathml, to_stacked])
def test_the_deepest_tree_that_is_read_can_be_printed(nest: str, printer: Callable[[Expr], object]) -> None:
    closing = {"(": ")", "[": "]"}
    closed = "".join(closing.get(character, "") for character in nest)
    deepest = None
    for depth in range(1, 70):
        try:
            deepest = parse(nest * depth + "1" + closed * depth, functions=FUNCTIONS)
        except LanguageError:
            break
    assert deepest is not None
    printer(deepest)


words = st.sampled_from(
    [*NAMES, *FUNCTIONS, "dJ/dW1", "∂J/∂W1", "1", "2.5", "1e3", "²", "ᵀ", ".T", "δ1", "nan"]
)
signs = st.sampled_from([*"+-*/^@()[],;:=.'%∂ _\n", "**", "−", "·", "⊙", "（"])
anything = st.one_of(
    st.text(max_size=60),
    st.lists(words | signs, max_size=40).map("".join),
    st.binary(max_size=60).map(lambda data: data.decode("latin-1")),
    st.binary(max_size=60).map(lambda data: data.decode("utf-8", "surrogateescape")),
)


@given(anything, st.sampled_from([NAMES, None]))
def test_any_text_gives_a_small_tree_or_an_error(text: str, names: list[str] | None) -> None:
    try:
        expr = parse(text, functions=FUNCTIONS, names=names)
    except LanguageError as error:
        assert_safe(error)
        return
    level, depth, nodes = [expr], 0, 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        level = [child for node in level for child in children(node)]
    assert depth <= MAX_DEPTH
    assert nodes <= MAX_NODES
