"""Names of quantities: what is found, and what is said of what is not."""

import pytest

from backprop_tutor.engine.graph import Node
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.quantity import Quantity, find_quantity

X = Node("x", "given", (3, 2), axes=("example", "input"))
W1 = Node("W1", "parameter", (2, 2))
NET1 = Node("net1", "forward", (3, 2), axes=("example", "unit"))
KNOWN = {"x": X, "W1": W1, "net1": NET1, "J": Node("J", "loss", ()), "dJ/dW1": W1, "dJ/dnet1": NET1}


def find(text: str) -> Quantity:
    return find_quantity(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "name", "region"),
    [
        ("W1", "W1", ()),
        ("J", "J", ()),
        ("W1[1,2]", "W1", (0, 1)),
        ("W1[2]", "W1", (1, None)),
        ("W1[:,2]", "W1", (None, 1)),
        ("dJ/dW1[2,1]", "dJ/dW1", (1, 0)),
        ("∂J/∂W1[2,1]", "dJ/dW1", (1, 0)),
        ("net1(2)[1]", "net1", (1, 0)),
        ("net1(2)", "net1", (1, None)),
        ("delta1", "dJ/dnet1", ()),
        ("δ1(3)[2]", "dJ/dnet1", (2, 1)),
        ("delta_1(1)", "dJ/dnet1", (0, None)),
    ],
)
def test_names_are_found(text: str, name: str, region: tuple[int | None, ...]) -> None:
    assert find(text) == Quantity(name, region)


def test_a_single_example_goes_unsaid() -> None:
    known = {"h1": Node("h1", "forward", (1, 2), axes=("example", "unit"))}
    assert find_quantity("h1[2]", known) == Quantity("h1", (0, 1))
    assert find_quantity("h1(1)[2]", known) == Quantity("h1", (0, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("W1[0,1]", "starts at 1, not 0"),
        ("W1[3,1]", "from 1 to 2"),
        ("W1[1,1,1]", "too many"),
        ("W1(1)", "does not depend on the example"),
        ("dJ/dW2", "dJ/dW1"),
        ("nett1", "net1"),
        ("W1 + 1", "not the name of one quantity"),
        ("", "''"),
        ("W1[x]", "W1"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("net9", "net9 is not a quantity of this exercise.", "Did you mean net1 or dJ/dnet1?"),
        ("q", "q is not a quantity of this exercise.", "There are x, W1, net1, J, dJ/dW1, dJ/dnet1."),
        ("if", "if is not a quantity of this exercise.", "There are no conditions here: write relu(x), "),
        ("W1 + q9", "'W1 + q9': q9 is not a quantity of this exercise.", "There are x, "),
    ],
)
def test_an_unknown_name_is_explained_or_guessed_at(text: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        find(text)
    assert error.value.what == what
    assert error.value.hint.startswith(hint)


def test_a_region_lists_its_elements() -> None:
    assert list(Quantity("W", (None, 1)).indices((2, 3))) == [(0, 1), (1, 1)]
    assert list(Quantity("W").indices((1, 2))) == [(0, 0), (0, 1)]
    assert list(Quantity("J").indices(())) == [()]
