"""The demonstration's screen: what it shows in windows of every size, and how large."""

import io
import re
from fractions import Fraction

import pytest
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.screens.terminal_demo import DemoScreen
from backprop_tutor.walkthrough.numbers import written


def screen(
    name: str,
    quantity: str = "",
    width: int = 80,
    height: int = 24,
    *,
    large: bool = False,
    encoding: str = "utf-8",
) -> list[str]:
    """The lines after the step of `quantity`, or the last step."""
    solution, style = solve(load(name)), style_for(encoding)
    board = Blackboard(solution, style, large=large)
    show = Show(solution, board.layout, 4)
    if quantity:
        show.go(quantity)
    else:
        show.finish()
    console = Console(file=io.StringIO(), width=width, height=height)
    console.print(DemoScreen(show, board, style, large=large).paint(width, height))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (50, 24)])
@pytest.mark.parametrize("name", shipped_names())
def test_values_and_gradients_are_there_in_every_window(name: str, size: tuple[int, int]) -> None:
    solution = solve(load(name))
    steps = [step for step in solution.steps.values() if step.phase == "backward"]
    gradient = [step for step in steps if not step.node.parts][-1]
    lines = screen(name, gradient.quantity, *size)
    assert len(lines) == size[1]
    assert max(map(len, lines)) <= size[0]
    end = next(number for number, line in enumerate(lines) if line.startswith("Backward pass"))
    shown = "\n".join(lines[2:end])
    for used in (*gradient.node.parents, gradient.node.name):
        assert f"{used} " in shown or f"{used}[1] " in shown or f" {used} =" in shown, f"{used} has a value"
    value = abs(float(solution.value(gradient.quantity).flat[0]))
    fraction = written(value, Fraction(value).limit_denominator(99))
    texts = {fraction, *(written(value, None, digits) for digits in (2, 3, 4))}
    assert "∂" in shown
    assert any(text in shown for text in texts), texts


def test_a_second_derivative_has_a_screen_with_what_it_is_of() -> None:
    text = "\n".join(screen("hessian-two-weights", "d2J/dw1 dw2", 80, 24))
    assert re.search(r"w2 = +2", text)
    assert "33" in text


def test_a_unit_has_two_gradients_each_beside_its_own_value() -> None:
    text = "\n".join(screen("exercise1", "dJ/dnet1", 160, 50))
    assert "net1[2] -1 ∂ 0" in text
    assert "h1[2]    0 ∂-2" in text
    before = "\n".join(screen("exercise1", "dJ/dh1", 160, 50))
    assert "∂ 0" not in before
    assert "h1[2]    0 ∂-2" in before


def test_weights_have_gradients_and_what_they_become() -> None:
    text = "\n".join(screen("exercise1"))
    assert "∂    -1 0" in text
    assert "→ 11/10 0" in text


def test_what_is_too_wide_for_columns_is_listed_with_its_wires() -> None:
    text = "\n".join(screen("matrix-graph", "dJ/dW"))
    assert re.search(r"○ +[─┘ ]*H +1 0; 2 3/2; 3 1/2 ∂|▲ +[─┛ ]*H +1 0; 2 3/2; 3 1/2 ∂", text)
    assert re.search(r"A +.+∂0 0; 2 4; 2/3 4/3", text)
    assert " 2 = 2" not in text, "a constant tells nothing"


def test_p_turns_from_the_steps_of_a_recurrence_to_its_cell() -> None:
    solution, style = solve(load("lstm-two-steps")), style_for()
    board = Blackboard(solution, style)
    demo = DemoScreen(Show(solution, board.layout, 4), board, style)

    def shown() -> str:
        console = Console(file=io.StringIO(), width=80, height=24)
        console.print(demo.paint(80, 24))
        return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]

    steps = shown()
    assert "step 1" in steps
    assert "p picture" in steps
    demo.turn()
    cell = shown()
    assert "step 1" not in cell
    assert "σ f" in cell
    assert "h⟨s-1⟩" in cell
    demo.turn()
    assert shown() == steps


def test_a_table_that_is_cut_says_so() -> None:
    lines = screen("softmax-batch", "dJ/dnet1")
    mark = next(line for line in lines if line.startswith("⋮"))
    elements = [line for line in lines if line.startswith("∂J/∂net1(")]
    assert mark.startswith(f"⋮ {9 - len(elements)} more: ↓")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [50, 80])
def test_the_rule_of_a_step_is_never_cut(width: int, encoding: str) -> None:
    text = " ".join(" ".join(screen("exercise3", "dJ/dW1", width, encoding=encoding)).split())
    assert "chain rule: linearity of net, sum over the training set" in text


def test_a_large_window_is_used() -> None:
    small, large = screen("exercise1", "dJ/dW1"), screen("exercise1", "dJ/dW1", 160, 50)
    drawn = [
        next(n for n, line in enumerate(lines) if line.startswith("Backward")) for lines in (small, large)
    ]
    assert drawn[1] > drawn[0] + 3
    assert max(map(len, large[2 : drawn[1]])) > 120


@pytest.mark.parametrize("quantity", ["h1", "J", "dJ/dW2", "dJ/dW1", "W1_new"])
def test_large_makes_every_step_and_the_drawing_large(quantity: str) -> None:
    lines = screen("exercise1", quantity, large=True)
    table = next(
        n for n, line in enumerate(lines) if quantity.split("_")[0].replace("d", "∂") in line and "  " in line
    )
    assert sum(any(sign in line for sign in "▀▄█") for line in lines[table:]) >= 3
    wide = screen("exercise1", quantity, 160, 50, large=True)
    blocks = [sum(any(sign in line for sign in "▀▄█") for line in part) for part in (wide[2:20], wide[20:])]
    assert blocks[0] >= 6, "in the drawing"
    assert blocks[1] >= 5, "below the table"


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("large", [False, True])
def test_ascii_is_ascii(name: str, large: bool) -> None:
    first = next(iter(solve(load(name)).steps))
    for quantity in (first, ""):
        lines = screen(name, quantity, encoding="ascii", large=large)
        assert all(line.isascii() for line in lines)
        assert max(map(len, lines)) <= 80
        assert lines[-1].endswith("q quit"), "the keys are not cut"
        assert any(line.startswith(" d derivative of") for line in lines)
