"""What `validate` says an exercise holds: in the author's own words, in the right number."""

import pytest

from backprop_tutor import load, loads
from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise.contents import contents


def graph(formula: str) -> str:
    return (
        f"title: t\ngraph:\n  parameters: {{w: 1, X: [[1, 2]]}}\n  compute: {{L: '{formula}'}}\n  loss: L\n"
    )


@pytest.mark.parametrize(
    ("formula", "loss", "operations"),
    [
        ("w*w", "loss: L = w·w", "graph: 1 operation"),
        ("3", "loss: L = 3", "graph: 1 operation"),
        ("w + w + w", "loss: L = w + w + w", "graph: 2 operations"),
        (
            "sum(X, axis=1) @ sum(X, axis=1)",
            "loss: L = sum(X, axis=1) @ sum(X, axis=1)",
            "graph: 3 operations",
        ),
    ],
)
def test_the_loss_is_the_authors_formula(formula: str, loss: str, operations: str) -> None:
    lines = contents(loads(graph(formula)))
    assert loss in lines
    assert operations in lines


def test_a_network() -> None:
    lines = contents(load("exercise1"))
    assert "network: 2 inputs, layers: 2 relu units, 1 linear unit" in lines
    assert "training set: 1 example" in lines
    assert "loss: J = half_mse(z, t)" in lines


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("w[1]", "1 index is too many for the shape (). A single number has none."),
        ("sum(X[1,2,1])", "3 indices are too many for the shape (1, 2). It has 2 axes."),
        ("sum(X @ X)", "2 columns meet 1 row."),
        ("sum(X.T @ X.T)", "1 column meets 2 rows."),
        ("exp(w, w)", "L: exp takes 1 argument, not 2."),
        ("sum(X, 1)", "sum takes 1 argument, not 2. Options have a name, as in axis=1."),
    ],
)
def test_faults_count_in_words(formula: str, fault: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(graph(formula))
    assert fault in str(caught.value)
    assert ("axis=1" in fault) == ("axis=1" in str(caught.value))
