"""Which saved session is gone on with: the one of the same numbers and questions, whatever the prose says."""

from pathlib import Path

import pytest

from backprop_tutor import load, solve
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session_keeper import Keeper
from backprop_tutor.tutor.state import QuestionRecord, State, Try
from backprop_tutor.tutor.store import Store

EXERCISE = """\
title: A small network
description: Run the forward pass.
network:
  layers:
    - {activation: relu, weights: [[1, 0], [-1, 1]]}
    - {activation: linear, weights: [[1, 2]]}
data:
  - {x: [1, 0], t: [2]}
loss: half_mse
learning_rate: 1/10
ask: [net1, J]
"""


def former(folder: Path, text: str) -> tuple[bool, list[str]]:
    """Whether the session of the exercise with this text is gone on with, and what is told."""
    path = folder / "exercise.yaml"
    path.write_text(text, encoding="utf-8")
    keeper = Keeper(Store(folder / "state"), load(path))
    questions = questions_of(solve(load(path)))
    found = keeper.former(questions) is not None
    if text == EXERCISE:
        records = (
            QuestionRecord("right", (Try("1", "correct"),)),
            *[QuestionRecord()] * (len(questions) - 1),
        )
        keeper.save(questions, State(records, at=1))
    return found, keeper.news()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Run the", "Please run the"),
        ("A small network", "A very small network"),
        ("ask:", "hints: {J: Square it.}\nask:"),
        ("ask:", "# a comment\ntopics: [relu]\nnotation: nielsen\nask:"),
        ("ask:", "variants: {x: {integers: [1, 3]}}\nask:"),
        ("1/10", "0.10"),
    ],
)
def test_a_session_goes_on_where_no_number_and_no_question_has_changed(
    old: str, new: str, tmp_path: Path
) -> None:
    former(tmp_path, EXERCISE)
    assert former(tmp_path, EXERCISE.replace(old, new)) == (True, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[[1, 0], [-1, 1]]", "[[3, 0], [-1, 1]]"),
        ("activation: relu", "activation: tanh"),
        ("half_mse", "mse"),
        ("1/10", "1/5"),
        ("[net1, J]", "[net1, z]"),
    ],
)
def test_a_session_begins_anew_where_something_is_other(old: str, new: str, tmp_path: Path) -> None:
    former(tmp_path, EXERCISE)
    found, told = former(tmp_path, EXERCISE.replace(old, new))
    assert not found
    assert "has changed" in told[0]
