"""What the library's objects show in a notebook."""

import subprocess
import sys

import pytest

from backprop_tutor import load, solve
from backprop_tutor.shown import Shown
from backprop_tutor.walkthrough.derivation.explanation import explain


def test_an_exercise_shows_its_picture_without_answers() -> None:
    exercise = load("exercise1")
    html = exercise._repr_html_() or ""
    assert "<svg" in html
    assert exercise.title in html
    assert "∂ -1" not in html
    assert "h_{1} &= " in (exercise._repr_latex_() or "")


def test_a_solution_shows_its_steps() -> None:
    solution = solve(load("exercise1"))
    html = solution._repr_html_() or ""
    assert "∂ -1" in html
    assert html.count("<article") == 13
    latex = solution._repr_latex_() or ""
    assert latex.startswith("$$\\begin{aligned}")
    assert r"\frac{\partial J}{\partial W_{2}} &= " in latex


def test_an_explanation_shows_its_lines() -> None:
    explanation = explain(solve(load("exercise1")), "dJ/dW2")
    assert "power rule" in (explanation._repr_html_() or "")
    assert r"\text{power rule}" in (explanation._repr_latex_() or "")


def test_anything_else_is_refused() -> None:
    class Other(Shown):
        pass

    with pytest.raises(TypeError):
        Other()._repr_html_()


def test_importing_the_library_loads_no_renderer() -> None:
    script = "import sys, backprop_tutor; print(*(m for m in sys.modules if 'render' in m))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == ""
