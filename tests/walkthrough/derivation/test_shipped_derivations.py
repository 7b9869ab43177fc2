"""Every derivative of every shipped exercise: derived in all forms, every line proved."""

from io import StringIO
from itertools import pairwise

import pytest
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Call, Partial, Sym
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.explanation import explanation_blocks
from backprop_tutor.walkthrough.derivation import FORMS, DerivationForm, Explanation, explain
from backprop_tutor.walkthrough.derivation.terms import walk

SOLUTIONS = {name: solve(load(name)) for name in shipped_names()}


def gradients(name: str) -> list[str]:
    graph = SOLUTIONS[name].graph
    used = graph.upstream(graph.loss)
    return [f"d{graph.loss}/d{n}" for n in used if graph.nodes[n].role != "constant" and n != graph.loss]


def jacobians(name: str) -> list[str]:
    graph = SOLUTIONS[name].graph
    return [
        f"d{of}/d{wrt}"
        for of, node in graph.nodes.items()
        for wrt in graph.upstream(of)
        if of not in (wrt, graph.loss) and node.op and graph.nodes[wrt].role != "constant"
    ]


def check(explanation: Explanation, form: DerivationForm) -> None:
    for section in form.sections:
        assert section.lines
        assert all(line.verified is True for line in section.lines)
        assert all(above.expr != below.expr for above, below in pairwise(section.lines))
        assert not any(isinstance(part, Partial) for part in walk(section.result))
        if explanation.question.of.name == explanation.question.solution.graph.loss:
            deltas = [
                part.args
                for part in walk(section.result)
                if isinstance(part, Call) and part.name == "kronecker"
            ]
            # What is left says which row a step or a given number takes, or which entries a window has:
            # [i=2], [ids[p]=i], [2k+l-2=i].
            assert all(any(not isinstance(place, Sym) for place in places) for places in deltas)


@pytest.mark.parametrize("name", shipped_names())
def test_every_gradient_is_derived_and_proved(name: str) -> None:
    for quantity in gradients(name):
        explanation = explain(SOLUTIONS[name], quantity)
        for form in FORMS:
            found = explanation.form(form)
            assert found.sections or form == "matrix", f"{quantity} in the {form} form"
            check(explanation, found)
        assert explanation.paths
        assert explanation.value is not None


@pytest.mark.parametrize("name", shipped_names())
def test_every_derivative_of_one_quantity_by_another_is_derived_and_proved(name: str) -> None:
    for quantity in jacobians(name):
        explanation = explain(SOLUTIONS[name], quantity)
        for form in ("index", "scalar", "numbers"):
            check(explanation, explanation.form(form))


@pytest.mark.parametrize("name", shipped_names())
def test_every_gradient_is_derived_in_one_go(name: str) -> None:
    for quantity in gradients(name):
        explanation = explain(SOLUTIONS[name], quantity, unroll=True)
        check(explanation, explanation.index)
        assert len(explanation.index.sections) == 1


@pytest.mark.parametrize("name", shipped_names())
def test_every_index_derivation_fits_a_page(name: str) -> None:
    """At 80 columns, with its heads and notes; `every` shows each line by itself."""
    style = style_for()
    for quantity in gradients(name):
        explanation = explain(SOLUTIONS[name], quantity)
        console = Console(width=80, file=StringIO())
        for drawn in TerminalPainter(console, style).paint(
            explanation_blocks(explanation, ("index",), style)
        ):
            console.print(drawn, crop=False)
        assert len(console.file.getvalue().splitlines()) <= 60, quantity  # type: ignore[attr-defined]
        every = explain(SOLUTIONS[name], quantity, every=True).index
        assert [section.left for section in every.sections] == [s.left for s in explanation.index.sections]
        assert [section.result for section in every.sections] == [
            s.result for s in explanation.index.sections
        ]
        assert all(line.verified for section in every.sections for line in section.lines)


def test_what_is_derived_in_one_go_shows_each_line() -> None:
    unrolled = explain(SOLUTIONS["three-hidden"], "dJ/dW1", unroll=True)
    every = explain(SOLUTIONS["three-hidden"], "dJ/dW1", unroll=True, every=True)
    assert unrolled.index == every.index
    assert len(unrolled.index.sections[0].lines) > 15


def last_line(exercise: str, quantity: str) -> str:
    return to_text(explain(SOLUTIONS[exercise], quantity).index.sections[-1].result)


def test_a_convolution_ends_in_correlations() -> None:
    assert last_line("conv-1d-mean-pool", "dJ/dK") == "Σ_k ∂J/∂net[k]·x[k+i-1]"
    assert last_line("conv-1d-mean-pool", "dJ/dx") == "Σ_k ∂J/∂net[k]·K[i-k+1]"
    assert last_line("conv-2d-max-pool", "dJ/dK") == "Σ_k Σ_l ∂J/∂net[k,l]·X[k+i-1,l+j-1]"
    assert last_line("conv-2d-max-pool", "dJ/dX") == "Σ_k Σ_l ∂J/∂net[k,l]·K[i-k+1,j-l+1]"
    assert last_line("conv-2d-max-pool", "dJ/dnet") == "Σ_k Σ_l ∂J/∂P[k,l]·wins(net[i,j], P[k,l])"
    assert last_line("embedding-rows", "dJ/dE") == "Σ_k ∂J/∂e[k,j]·[ids[k]=i]"
    said = [note.text for note in explain(SOLUTIONS["conv-2d-max-pool"], "dJ/dX").index.notes]
    assert any("kernel turned by 180°" in text for text in said)
    assert any("outside its array is 0" in text for text in said)


@pytest.mark.parametrize(
    ("exercise", "centred", "collapsed"),
    [
        ("layer-norm", "c", "(1/sd[i,1])·(∂J/∂xhat[i,j] - (1/3)·Σ_k ∂J/∂xhat[i,k] - xhat[i,j]·(1/3)·"
         "Σ_k ∂J/∂xhat[i,k]·xhat[i,k])"),
        ("batch-norm-nine-steps", "xmu", "ivar[j]·(∂J/∂xhat[i,j] - (1/3)·Σ_k ∂J/∂xhat[k,j] - xhat[i,j]·(1/3)·"
         "Σ_k ∂J/∂xhat[k,j]·xhat[k,j])"),
    ],
)  # fmt: skip
def test_a_norm_in_steps_collapses_to_three_terms(exercise: str, centred: str, collapsed: str) -> None:
    (*_, last) = explain(SOLUTIONS[exercise], "dJ/dx", every=True).index.sections
    assert to_text(last.result) == collapsed
    rules = [line.rule for line in last.lines[-3:]]
    assert rules == [
        f"∂J/∂{centred} and its mean",
        f"∂J/∂{centred} put in",
        "the values of xhat add up to 0",
    ]
