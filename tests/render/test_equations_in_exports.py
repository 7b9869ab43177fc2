"""Every matrix equation that an export prints is true in every notation: its shapes multiply, its numbers
come out."""

import json
import re
from functools import cache

import numpy as np
import pytest
from printed_equations import labelled, latex_value, mathml_value, text_value

from backprop_tutor import load, solve
from backprop_tutor.language import NOTATIONS, Sym, to_latex, to_mathml
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides
from backprop_tutor.render.exports import KINDS, exporter
from backprop_tutor.render.painters import latex
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import Solution, lettering_of

EXERCISES = ("exercise1", "exercise3", "mazur", "softmax-batch", "leaky-relu")
CLOSE = {"rtol": 1e-4, "atol": 1e-5}  # numbers are printed with six digits


@cache
def solution(exercise: str) -> Solution:
    return solve(load(exercise))


def exported(exercise: str, notation: str, kind: str, *, blank: bool = False) -> str:
    letters = lettering_of(solution(exercise).exercise, notation)
    return exporter(kind).text(Document(solution(exercise), lettering=letters, blank=blank))


def in_letters(
    exercise: str, notation: str
) -> dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"]:
    """Every quantity as the notation lays it out, by its name in LaTeX."""
    solved = solution(exercise)
    letters = lettering_of(solved.exercise, notation)
    by_columns = not NOTATIONS[notation].rows
    found = {name: np.asarray(solved.value(name), dtype=float) for name in solved.shapes}
    batched = {node.name for node in solved.graph.nodes.values() if node.batched}
    for name, array in found.items():
        if by_columns and name.removeprefix("dJ/d") in batched:
            found[name] = array.T
        elif by_columns and array.ndim == 1:
            found[name] = array[:, None]
    rate = solved.rate.numbers["η"] if solved.rate else 0
    count = len(solved.value("x"))
    found |= {"η": np.asarray(float(rate)), "N": np.asarray(float(count))}
    return {to_latex(Sym(k), style_for(notation=letters), slashed=True): array for k, array in found.items()}


def hold(values: "list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]") -> None:
    for value in values[:-1]:
        assert value.shape == values[-1].shape
        assert np.allclose(value, values[-1], **CLOSE)


@pytest.mark.parametrize("kind", ["md", "tex", "ipynb"])
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_equations_in_latex(exercise: str, notation: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "PAGE", 10**9)  # each on one line
    text = exported(exercise, notation, kind)
    if kind == "ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        text = re.sub(r"(?<=\\mathrm\{axis\}=)\d+", lambda axis: str(int(axis[0]) + 1), text)  # as of paper
    pattern = {
        "md": r"\$\$\n(.*)\n\$\$",
        "tex": r"\\fit\{\$\\displaystyle (.*)\$\}",
        "ipynb": r"\$\$\n(.*)\n\$\$",
    }[kind]
    equations = re.findall(pattern, text)
    arrays = [step for step in solution(exercise).steps.values() if step.form is not None]
    assert len(equations) >= sum(step.node.size > 1 for step in arrays)
    names = in_letters(exercise, notation)
    for equation in equations:
        hold([latex_value(side, names) for side in equation.split(" = ")])
        for label, numbers in labelled(equation):
            if "'" not in label:  # not a slope, whose letter NumPy does not know
                hold([latex_value(label, names), latex_value(numbers, names)])


INFIX = ' form="infix"'


def page_sides(equation: str) -> list[str]:
    """The sides of an equation of a page, each put together again of the parts that it may be broken into."""
    found = []
    for side in equation.split("= <math>"):
        parts = re.findall(r"<math>(.*?)</math>", f"<math>{side.removeprefix('<math>')}")
        inner = [re.sub(r"^<mrow>(.*)</mrow>$", r"\1", part) if len(parts) > 1 else part for part in parts]
        whole = f"<mrow>{''.join(inner)}</mrow>" if len(parts) > 1 else inner[0]
        found.append(f"<math>{whole.replace(INFIX, '')}</math>")
    return found


def flat(math: str) -> str:
    """A formula without what merely groups it."""
    return re.sub(r"</?mrow>|<math[^>]*>|</math>", "", math)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_equations_in_a_page(exercise: str, notation: str) -> None:
    equations = re.findall(r'<p class="matrix">(.*?)</p>', exported(exercise, notation, "html"))
    assert equations
    for equation in equations:
        hold([mathml_value(side) for side in page_sides(equation)[-2:]])


@pytest.mark.parametrize("exercise", EXERCISES)
def test_json_is_the_same_in_every_notation_and_true(exercise: str) -> None:
    texts = {exported(exercise, notation, "json") for notation in NOTATIONS}
    document = json.loads(texts.pop())
    assert not texts
    for step in document["steps"]:
        value = document["quantities"][step["quantity"]]["value"]
        if np.ndim(value) == 2:
            hold([np.squeeze(text_value(step["substituted"])), np.squeeze(value)])


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_blank_page_hints_at_the_formulas_without_numbers(notation: str) -> None:
    letters = lettering_of(solution("exercise3").exercise, notation)
    document = Document(solution("exercise3"), lettering=letters, blank=True)
    found = re.findall(r'<p class="matrix">(.*?)</p>', exporter("html").text(document))
    hints = [[flat(side) for side in page_sides(equation)] for equation in found]
    sides = [array_sides(view, document.style)[:2] for view in document.views if view.has_matrix_form]
    assert hints == [[flat(to_mathml(side, document.style)) for side in pair] for pair in sides]
    assert len(hints) > 3


def test_the_picture_has_the_letters() -> None:
    drawn = exported("exercise1", "nielsen", "svg")
    assert ">a¹[1]</text>" in drawn
    assert not re.search(r">(net1|h1|W1|J)\b", drawn)
    assert set(KINDS) == {
        "html",
        "md",
        "tex",
        "ipynb",
        "svg",
        "json",
        "py",
        "torch",
        "paper",
        "moodle",
        "qti",
        "prairielearn",
        "slides",
    }, "a new export is to be tested here"


def test_a_notebook_says_how_its_arrays_lie() -> None:
    assert "in the code they are the rows" in exported("exercise3", "nielsen", "ipynb")
    assert "in the code they are the rows" not in exported("exercise3", "pytorch", "ipynb")
