"""The demonstration's state: steps at three grains, hiding, going to a quantity."""

import pytest

from backprop_tutor import UsageError, load, loads, solve
from backprop_tutor.render.blocks import Drawing
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.pictures.captions import InSight
from backprop_tutor.render.pictures.plot import curve
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.big_digits import big
from backprop_tutor.render.screens.show import Show
from backprop_tutor.walkthrough.training import train


def show_of(name: str = "exercise1", **settings: object) -> Show:
    solution = solve(load(name))
    return Show(solution, Blackboard(solution, style_for()).layout, **settings)  # type: ignore[arg-type]


def quantity(show: Show) -> str:
    return show.current.quantity if show.current else ""


def test_forward_goes_through_every_step_and_stops() -> None:
    show = show_of()
    seen = []
    while not show.ended:
        show.forward()
        seen.append(quantity(show))
    assert seen == list(show.solution.steps)
    show.forward()
    assert quantity(show) == "W2_new"
    assert show.known == set(show.solution.steps)


def test_back_goes_the_same_way() -> None:
    show = show_of()
    for _ in range(5):
        show.forward()
    for left in ("z", "net2", "h1", "net1", "", ""):
        show.back()
        assert quantity(show) == left


def test_finer_shows_element_by_element() -> None:
    show = show_of()
    show.finer()
    show.forward()
    assert (quantity(show), show.index) == ("net1", (0, 0))
    assert show.known == set(), "the array is known when its last element is"
    show.forward()
    assert (quantity(show), show.index) == ("net1", (0, 1))
    assert show.known == {"net1"}
    show.forward()
    assert (quantity(show), show.row) == ("h1", 0)
    show.back()
    assert (quantity(show), show.row) == ("net1", 1)


def test_coarser_shows_layer_by_layer() -> None:
    show = show_of()
    show.coarser()
    seen = []
    while not show.ended:
        show.forward()
        seen.append(quantity(show))
    assert seen == ["h1", "z", "J", "dJ/dW2", "dJ/dW1", "W2_new"]
    show.back()
    assert quantity(show) == "dJ/dW1"
    show.coarser()
    assert show.level == "layer"


def test_hiding_asks_before_it_tells() -> None:
    show = show_of()
    show.ask()
    show.forward()
    assert show.hidden
    assert "net1" not in show.known
    show.forward()
    assert not show.hidden
    assert quantity(show) == "net1"
    assert "net1" in show.known
    show.forward()
    assert (quantity(show), show.hidden) == ("h1", True)
    show.ask()
    assert not show.hidden


def test_going_to_a_quantity() -> None:
    show = show_of()
    show.go("dJ/dW1")
    assert (quantity(show), show.row) == ("dJ/dW1", None)
    show.go("dJ/dW1[2,1]")
    assert (show.level, show.index) == ("element", (1, 0))
    show.go("x")
    assert show.step == -1
    with pytest.raises(UsageError):
        show.go("net9")


def test_training_is_the_last_stop() -> None:
    show = show_of(training=True)
    show.finish()
    assert show.trained
    assert show.ended
    losses = train(show.solution, 50)
    assert len(losses) == 51
    assert losses[0] == 0.5
    assert losses[1] == pytest.approx(solve(loads(TWICE)).value("J2"))
    assert losses[-1] < 1e-9


TWICE = """\
title: exercise1, twice
network:
  layers:
    - {activation: relu, weights: [[1, 0], [-1, 1]]}
    - {activation: linear, weights: [[1, 2]]}
data: [{x: [1, 0], t: [2]}]
loss: half_mse
learning_rate: 1/10
steps: 2
"""


def test_without_a_learning_rate_nothing_trains() -> None:
    with pytest.raises(UsageError, match="learning rate"):
        train(solve(load("circuit-xyz")), 3)


def test_a_curve_falls_from_left_to_right() -> None:
    lines = curve([4.0, 2.0, 1.0, 0.5], 40, 10, "*")
    assert len(lines) == 10
    assert lines[0].startswith("  4 |*")
    assert lines[7].endswith("*")
    assert max(map(len, lines)) <= 40


def test_big_digits_are_five_lines() -> None:
    lines = big("-0.5")
    assert len(lines) == 5
    assert lines[2].startswith("██████")
    assert big("1", "#")[4] == "######"


def test_the_drawing_fits_and_fills_while_values_appear() -> None:
    show = show_of()
    board = Blackboard(show.solution, style_for())
    widths = set()
    while not show.ended:
        drawn = board.draw(show.current, show.index, InSight(frozenset(show.known)), 80, 14)
        assert isinstance(drawn, Drawing)
        lines = drawn.lines(80)
        texts = ["".join(piece for piece, _ in line) for line in lines]
        assert 0 < len(texts) <= 14
        widths.add(max(map(len, texts)))
        show.forward()
    assert max(widths) <= 80
    assert max(widths) - min(widths) <= 1, "cells keep their widths; the mark of the last one comes and goes"
    both = texts.index(next(text for text in texts if "net1[2]" in text))
    assert "net1[2]  -1" in texts[both]
    assert "∂ 0" in texts[both + 1], "the gradient of net1[2] stands under it"
    assert "h1[2]     0" in texts[both + 2]
    assert "∂-2" in texts[both + 3], "and that of h1[2] under h1[2]"
