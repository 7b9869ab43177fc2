"""The words that every reading of a solution shares."""

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.language import Style
from backprop_tutor.render.wording import at_a_glance


def glance(parameters: str, compute: str) -> str:
    lines = "".join(f"    {line}\n" for line in compute.split("; "))
    text = f"title: t\ngraph:\n  parameters: {{{parameters}}}\n  compute:\n{lines}  loss: L\n"
    return at_a_glance(solve(loads(text)), Style())


@pytest.mark.parametrize(
    ("parameters", "compute", "shown"),
    [
        ("x: 1", "a: exp(x); b: a**2; L: log(b)", "x → a → b → L"),
        ("x: 1, y: 2, z: 3", "q: x + y; L: q * z", "x, y → q; q, z → L"),
        ("x: 1, y: 2", "a: x*y; b: a+x; L: a*b", "x, y → a; a, x → b; a, b → L"),
        (
            "A: [[1, 2]], B: [[3, 4]]",
            "L: sum((A @ B.T)**2)",
            "A, B → L_2 → L",
        ),
        ("w: 1", "L: 3", "3 → L"),
    ],
)
def test_a_graph_at_a_glance_hides_no_parent(parameters: str, compute: str, shown: str) -> None:
    assert glance(parameters, compute) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("mazur", "x → net1 → h1 → net2 → z → J"),
        ("residual-block", "W, x, b → n; n → h; x, h → y; y, t → J"),
    ],
)
def test_layers_go_without_saying_and_skips_do_not(name: str, shown: str) -> None:
    assert at_a_glance(solve(load(name)), Style()) == shown
