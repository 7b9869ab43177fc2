"""Pictures beside steps: what they mark is what NumPy finds."""

import re

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.language import ASCII, Style, display_width
from backprop_tutor.render.subjects.step_picture import step_picture
from backprop_tutor.walkthrough import Solution


def drawn(solution: Solution, name: str, style: Style | None = None, width: int = 80) -> list[str]:
    picture = step_picture(solution, solution.steps[name], style or Style())
    if picture is None:
        return []
    return ["".join(piece.text for piece in line) for line in picture.lines(width)]  # type: ignore[union-attr]


def entries(line: str) -> list[tuple[bool, str]]:
    """The entries of a row of a picture, and whether they stand in brackets."""
    return [(bool(mark), text) for mark, text in re.findall(r"(\[)? *(-?[\d./]+)", line)]


def test_a_kernel_lies_on_the_first_window_of_its_input() -> None:
    _, titles, *rows, said = drawn(solve(load("conv-2d-max-pool")), "net")
    assert titles.split() == ["X", "K", "net"]
    marked = [[mark for mark, _ in entries(row)[:4]] for row in rows]
    assert marked == [[row < 2 and column < 2 for column in range(4)] for row in range(4)]
    assert entries(rows[0])[4:] == [(False, "1"), (False, "0"), (True, "1"), (False, "-1"), (False, "4")]
    assert said == "In [ ]: the first window of net."


def test_a_max_pool_marks_what_its_windows_picked() -> None:
    solution = solve(load("conv-2d-max-pool"))
    net = solution.value("net")
    windows = np.lib.stride_tricks.sliding_window_view(net, (2, 2)).reshape(2, 2, 4)
    picked = {
        (i + k // 2, j + k % 2) for i in range(2) for j in range(2) for k in [int(np.argmax(windows[i, j]))]
    }
    _, _, *rows, said = drawn(solution, "P")
    found = {(i, j) for i, row in enumerate(rows) for j in range(3) if entries(row)[j][0]}
    assert found == picked
    assert said == "In [ ]: what the windows of P picked."


def test_shares_are_the_darker_the_larger() -> None:
    solution = solve(
        loads("title: t\ngraph:\n  parameters: {S: [[0, 0], [9, -9]]}\n  compute:\n    A: softmax(S)\n"
              "    J: sum(A * S)\n  loss: J\n")
    )  # fmt: skip
    assert drawn(solution, "A")[2:4] == [" ▒▒▒▒▏", " ██░░▏"]
    assert drawn(solution, "A", Style(glyphs=ASCII))[2:4] == [" ::::|", " ##..|"]


@pytest.mark.parametrize("name", ["conv-1d-mean-pool", "conv-2d-max-pool", "attention-one-head"])
def test_a_picture_without_room_is_left_out(name: str) -> None:
    solution = solve(load(name))
    for step in solution.steps:
        widest = max(map(display_width, drawn(solution, step)), default=0)
        assert not widest or drawn(solution, step, width=widest - 1) == []
