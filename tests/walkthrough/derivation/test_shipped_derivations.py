"""Every derivative of every shipped exercise: derived in all forms, every line proved."""

from itertools import pairwise

import pytest

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language.expr import Call, Num, Partial
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
            # What is left says which row a step takes: [i = 2].
            assert all(any(isinstance(place, Num) for place in places) for places in deltas)


@pytest.mark.parametrize("name", shipped_names())
def test_every_gradient_is_derived_and_proved(name: str) -> None:
    for quantity in gradients(name):
        explanation = explain(SOLUTIONS[name], quantity)
        for form in FORMS:
            found = explanation.form(form)
            unsaid = any("index letters cannot say it" in str(note) for note in found.notes)
            assert found.sections or unsaid, f"{quantity} in the {form} form"
            check(explanation, found)
        assert explanation.paths
        assert explanation.value is not None


@pytest.mark.parametrize("name", shipped_names())
def test_every_derivative_of_one_quantity_by_another_is_derived_and_proved(name: str) -> None:
    for quantity in jacobians(name):
        explanation = explain(SOLUTIONS[name], quantity)
        for form in ("index", "scalar", "numbers"):
            check(explanation, explanation.form(form))


# In one go, a delta stays in the sums of these; quantity by quantity none does.
UNCONTRACTED = {"hinge-three-classes", "layer-norm"}


@pytest.mark.parametrize("name", [name for name in shipped_names() if name not in UNCONTRACTED])
def test_every_gradient_is_derived_in_one_go(name: str) -> None:
    for quantity in gradients(name):
        explanation = explain(SOLUTIONS[name], quantity, unroll=True)
        check(explanation, explanation.index)
        assert len(explanation.index.sections) == (
            0 if explanation.index.notes and not explanation.index.sections else 1
        )
