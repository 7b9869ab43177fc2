"""The skills: every step that is asked takes some, and the right ones."""

import pytest

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import entries
from backprop_tutor.grading.misconceptions import TABLE
from backprop_tutor.tutor.skills import SKILLS, blamed, skills_of
from backprop_tutor.walkthrough import Step

SHIPPED = [entry.name for entry in entries() if entry.shipped]
SAYS_NOTHING = {"linear activation", "chain rule: derivative of the identity"}


def skills(exercise: str, quantity: str) -> list[str]:
    step = solve(load(exercise)).step(quantity)
    assert step is not None
    return [skill.id for skill in skills_of(step)]


@pytest.mark.parametrize(
    ("exercise", "quantity", "expected"),
    [
        ("circuit-xyz", "q", "formula"),
        ("circuit-xyz", "df/dq", "product-rule"),
        ("circuit-xyz", "df/dx", "sum-rule"),
        ("fan-out", "df/da", "product-rule paths"),
        ("exercise1", "net1", "net"),
        ("exercise1", "h1", "relu-forward"),
        ("exercise1", "J", "loss"),
        ("exercise1", "dJ/dz", "loss-gradient"),
        ("exercise1", "dJ/dW2", "weight-gradient"),
        ("exercise1", "dJ/dh1", "delta-through-weights"),
        ("exercise1", "dJ/dnet1", "relu-derivative"),
        ("exercise1", "W2_new", "update"),
        ("mazur", "h1", "activation"),
        ("mazur", "dJ/dnet1", "activation-derivative"),
        ("mazur", "dJ/db2", "bias-gradient"),
        ("exercise3", "dJ/dW1", "weight-gradient examples"),
        ("tanh-bce", "dJ/db1", "bias-gradient examples"),
        ("tanh-bce", "J", "shares-loss"),
        ("softmax-batch", "z", "softmax-forward"),
        ("softmax-batch", "dJ/dz", "shares-gradient"),
        ("softmax-batch", "dJ/dnet1", "softmax-gradient"),
        ("adam-steps", "m_W1_new1", "optimizer"),
        ("adam-steps", "J2", ""),
        ("rnn-three-steps", "dJ/dWh", "weight-gradient steps"),
        ("lstm-two-steps", "dJ/dug", "product-rule steps"),
        ("conv-2d-max-pool", "net", "windows-forward"),
        ("conv-2d-max-pool", "dJ/dK", "windows-gradient"),
        ("hessian-two-weights", "d2J/dw1 dw2", "further-derivative"),
        ("hinge-three-classes", "dJ/dz", "loss-gradient"),
    ],
)
def test_the_skills_of_a_step(exercise: str, quantity: str, expected: str) -> None:
    assert " ".join(skills(exercise, quantity)) == expected


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_takes_a_skill_unless_there_is_nothing_to_do(name: str) -> None:
    def is_work(step: Step) -> bool:
        moves = all(op.rearranges for op, _ in step.passages)
        return step.form is not None and not moves and str(step.rule) not in SAYS_NOTHING

    steps = solve(load(name)).steps.values()
    assert [
        s.quantity for s in steps if (is_work(s) or (s.phase == "update" and s.form)) and not skills_of(s)
    ] == []


def test_the_slips_of_skills_are_misconceptions() -> None:
    known = {misconception.id for misconception in TABLE}
    assert {slip for skill in SKILLS for slip in skill.slips} <= known


def test_a_slip_of_one_skill_speaks_against_that_one_alone() -> None:
    assert blamed(("weight-gradient", "examples"), ("only-one-example",)) == ("examples",)
    assert blamed(("weight-gradient", "examples"), ("sign-flipped",)) == ("weight-gradient", "examples")
    assert blamed(("weight-gradient", "examples"), ()) == ("weight-gradient", "examples")


def test_ids_are_said_once() -> None:
    assert len({skill.id for skill in SKILLS}) == len({skill.title for skill in SKILLS}) == len(SKILLS)
