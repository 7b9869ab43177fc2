"""What the library's objects show in a notebook."""

import subprocess
import sys

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise.catalogue import shipped_folder
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


def test_they_have_the_letters_of_the_exercise() -> None:
    exercise = loads((shipped_folder() / "exercise3.yaml").read_text("utf-8") + "notation: nielsen\n")
    assert "z^{1} &= w^{1} \\, x" in (exercise._repr_latex_() or "")
    assert r"z^{1} &= w^{1} \, x = \left[\begin{matrix} 1 & -1" in (solve(exercise)._repr_latex_() or "")
    assert "net1" not in (exercise._repr_html_() or "").partition("</p>")[2]


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
