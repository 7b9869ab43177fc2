"""Rule cards: every line holds, a planted error does not, and every op has a card."""

import pytest

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import elementwise
from backprop_tutor.errors import UsageError
from backprop_tutor.language import Partial, Sym, parse, to_text
from backprop_tutor.walkthrough.rule_card import FUNCTIONS, rule_card, rule_names
from backprop_tutor.walkthrough.rule_proof import equal


def formula(text: str) -> object:
    return parse(text, functions=FUNCTIONS)


@pytest.mark.parametrize("name", rule_names())
def test_every_line_of_every_card_is_verified(name: str) -> None:
    card = rule_card(name)
    assert card.title
    assert card.where
    assert card.equations
    assert all(equation.verified is not False for equation in card.equations)
    for derived in card.derivations:
        first, *others = derived.lines
        assert first.rule == "start" or not first.rule
        assert others
        assert all(line.verified and line.rule for line in others), derived.title


@pytest.mark.parametrize("name", rule_names())
def test_a_derivation_ends_in_what_the_rule_states(name: str) -> None:
    card = rule_card(name)
    for derived in card.derivations:
        if derived.title.startswith("Derivation"):
            end = derived.lines[-1].right
            assert end == card.equations[-1].right, to_text(end)


def test_every_elementwise_op_has_a_card() -> None:
    for op in ops.TABLE.values():
        if op.is_elementwise:
            assert rule_card(op.name).equations


def test_a_new_op_has_a_card_at_once() -> None:
    cube = elementwise(
        "cube",
        lambda xp, x: xp.power(x, 3),
        (lambda xp, y, x: 3 * xp.power(x, 2),),
        rule="cube",
        derivative=("derivative of the cube",),
        says="The exponent 3 comes down.",
    )
    ops.register(cube)
    try:
        card = rule_card("cube")
        shown = [f"{to_text(e.left)} = {to_text(e.right)}" for e in card.equations if e.left]
        assert shown == ["cube(x) = x³", "cube'(x) = 3·x²"]
        assert all(equation.verified for equation in card.equations)
        assert card.title == "derivative of the cube"
    finally:
        del ops.TABLE["cube"], ops.FUNCTIONS["cube"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("σ", "sigmoid"),
        ("Logistic", "sigmoid"),
        ("ReLU", "relu"),
        ("ln", "log"),
        ("product-rule", "product"),
        ("chain rule", "chain"),
        ("mul", "product"),
        ("leaky-relu", "leaky_relu"),
        ("bce", "cross_entropy"),
    ],
)
def test_other_spellings(given: str, found: str) -> None:
    assert rule_card(given).name == found


def test_an_unknown_rule_says_which_is_near() -> None:
    with pytest.raises(UsageError, match="sigmoyd") as caught:
        rule_card("sigmoyd")
    assert caught.value.hint == "Did you mean sigmoid?"


@pytest.mark.parametrize(
    "wrong",
    [
        "sigmoid(x)*(1 + sigmoid(x))",  # a sign
        "1 - sigmoid(x)",  # a factor missing
        "2*sigmoid(x)*(1 - sigmoid(x))",  # a constant
        "sigmoid(x)*(1 - sigmoid(-x))",  # an argument
        "sigmoid(x)*(1 - sigmoid(x)) + 0.000001",
    ],
)
def test_a_wrong_derivative_is_caught(wrong: str) -> None:
    slope = Partial(formula("1/(1 + exp(-x))"), Sym("x"))  # type: ignore[arg-type]
    assert equal(slope, formula("sigmoid(x)*(1 - sigmoid(x))"))  # type: ignore[arg-type]
    assert not equal(slope, formula(wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    ["u'(x)*v(x) - u(x)*v'(x)", "u'(x)*v'(x)", "u'(x)*v(x)", "u'(x)*v(x) + u(x)*v'(x) + 1/1000"],
)
def test_a_wrong_product_rule_is_caught(wrong: str) -> None:
    product = Partial(formula("u(x)*v(x)"), Sym("x"))  # type: ignore[arg-type]
    assert not equal(product, formula(wrong))  # type: ignore[arg-type]


def test_lines_without_a_value_prove_nothing() -> None:
    assert not equal(formula("ln(-x)"), formula("sqrt(-x)"), "+")  # type: ignore[arg-type]
