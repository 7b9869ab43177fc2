"""Practice: what is asked next follows from the evidence, with numbers that are new and right."""

from datetime import UTC, datetime, timedelta

import pytest

from backprop_tutor import load
from backprop_tutor.exercise.catalogue import entries, shipped_folder
from backprop_tutor.grading.slips import Slips
from backprop_tutor.tutor.drills import Drills
from backprop_tutor.tutor.evidence import Answered, Evidence, evidence_of
from backprop_tutor.tutor.learner_model import Learner
from backprop_tutor.tutor.practice import Practice
from backprop_tutor.tutor.skills import SKILLS, skills_of

SHIPPED = entries(shipped_folder())
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY_ID = {skill.id: skill for skill in SKILLS}
UNPRACTISED = {"norm-forward", "norm-gradient"}  # no shipped exercise has a layer of norms
EVERY = [skill.id for skill in SKILLS if skill.id not in UNPRACTISED]


def answers(
    quantity: str, verdict: str, *causes: str, days_ago: float = 0, name: str = "mazur"
) -> list[Evidence]:
    when = (NOW - timedelta(days=days_ago)).timestamp()
    return evidence_of(load(name), [Answered(quantity, verdict, causes)], when)


def test_a_right_answer_makes_it_likelier_and_a_wrong_one_less() -> None:
    unknown, right, wrong = (
        Learner(evidence).memories["net"].known(NOW)
        for evidence in ([], answers("net1[1]", "correct"), answers("net1[1]", "wrong"))
    )
    assert 0 < wrong < unknown < right < 1


def test_what_is_not_used_is_forgotten_and_comes_back_later_each_time() -> None:
    once = Learner(answers("net1[1]", "correct", days_ago=9)).memories["net"]
    again = Learner([*answers("net1[1]", "correct", days_ago=9), *answers("net1[2]", "correct", days_ago=6)])
    twice = again.memories["net"]
    assert once.card is not None
    assert twice.card is not None
    assert once.known(NOW) < once.known(NOW - timedelta(days=8))
    assert once.card.due - once.card.last_review < twice.card.due - twice.card.last_review


def test_a_right_answer_after_hints_says_less() -> None:
    hinted = evidence_of(load("mazur"), [Answered("net1[1]", "correct", (), 2)], NOW.timestamp())
    alone = Learner(answers("net1[1]", "correct")).memories["net"]
    helped = Learner(hinted).memories["net"]
    assert helped.known(NOW) < alone.known(NOW)
    assert (alone.at_once, helped.at_once, helped.evidence) == (1, 0, 1)


def test_the_first_answer_to_a_question_in_a_sitting_counts() -> None:
    tries = [*answers("net1[1]", "wrong"), *answers("net1[1]", "correct")]
    in_one = Learner(entry._replace(sitting="a") for entry in tries).memories["net"]
    in_two = Learner(entry._replace(sitting=name) for entry, name in zip(tries, "ab", strict=True))
    assert (in_one.evidence, in_one.at_once) == (1, 0)
    assert (in_two.memories["net"].evidence, in_two.memories["net"].at_once) == (2, 1)


def test_a_slip_counts_against_its_own_skill() -> None:
    learner = Learner(answers("dJ/dW1[1,2]", "wrong", "only-one-example", name="exercise3"))
    assert learner.memories["examples"].slips == ("only-one-example",)
    assert learner.memories["weight-gradient"].evidence == 0


def test_a_clock_that_jumps_back_undoes_nothing() -> None:
    learner = Learner([*answers("net1[1]", "correct"), *answers("net1[2]", "correct", days_ago=4000)])
    memory = learner.memories["net"]
    assert memory.card is not None
    assert memory.evidence == 2
    assert memory.card.due > NOW


@pytest.mark.parametrize("skill", EVERY)
def test_every_skill_can_be_practised_on_new_numbers(skill: str) -> None:
    drills = Drills(SHIPPED, seed=5)
    first, second = (drills.question(BY_ID[skill], number) for number in (1, 2))
    assert first is not None
    assert second is not None
    for drill in (first, second):
        [question] = drill.asked
        step = drill.solution.step(question.quantity)
        assert step is not None
        assert BY_ID[skill] in skills_of(step)
        assert {name for name in step.uses if name in drill.solution.steps} <= {
            given.quantity for given in drill.questions
        }, "all that it follows from is given"
    numbers = {drill.solution.exercise.variant for drill in (first, second)}
    assert len(numbers) == 2


def test_a_question_comes_where_the_slip_would_show() -> None:
    for number in range(1, 8):
        drill = Drills(SHIPPED, seed=3).question(BY_ID["bias-gradient"], number, ["bias-not-summed"])
        assert drill is not None
        [question] = drill.asked
        right = drill.solution.value(question.quantity)[question.place]
        wrong = Slips(drill.solution.ledger).wrong(question.quantity, drill.solution.values)
        shown = [variant.value[question.place] for slip, variant in wrong if slip.id == "bias-not-summed"]
        assert any(abs(value - right) > 1e-6 for value in shown)


def test_the_same_seed_asks_the_same_after_the_same_answers() -> None:
    def asked(seed: int) -> list[tuple[str, str, object]]:
        practice = Practice(Learner(), SHIPPED, seed)
        drills = [practice.next(NOW) for _ in range(3)]
        return [(d.skill.id, d.asked[0].target, d.solution.exercise.variant) for d in drills if d]

    assert asked(1) == asked(1)
    assert asked(1) != asked(2)


def test_what_went_wrong_is_asked_before_what_went_well() -> None:
    evidence = [
        *(entry for n in (1, 2) for entry in answers(f"net1[{n}]", "correct", days_ago=1)),
        *(entry for n in (1, 2) for entry in answers(f"dJ/dh1[{n}]", "wrong", days_ago=1)),
    ]
    practice = Practice(Learner(evidence), SHIPPED, 1, ["net", "delta-through-weights"])
    assert [skill.id for skill in practice.ranked(NOW)] == ["delta-through-weights", "net"]


def test_what_is_known_comes_back_after_days_and_not_at_once() -> None:
    known = Learner([e for n in (1, 2) for e in answers(f"net1[{n}]", "correct")]).memories["net"]
    gains = [known.gain(NOW + timedelta(days=days)) for days in (0, 1, 2)]
    assert gains == sorted(gains)
    assert gains[0] < gains[-1] / 2


def test_only_the_skills_that_are_wanted() -> None:
    practice = Practice(Learner(), SHIPPED, 1, ["update"])
    for _ in range(3):
        drill = practice.next(NOW)
        assert drill is not None
        assert drill.skill.id == "update"


def test_a_skill_that_no_exercise_has_is_not_practised() -> None:
    assert Practice(Learner(), SHIPPED, 1, UNPRACTISED).next(NOW) is None
    assert Practice(Learner(), [], 1).next(NOW) is None


def test_a_right_answer_says_more_where_a_slip_would_show() -> None:
    """In exercise1 forgetting ReLU shows at h1[2], whose net is negative, and not at h1[1]."""
    [shown] = answers("h1[2]", "correct", name="exercise1")
    [blind] = answers("h1[1]", "correct", name="exercise1")
    assert "activation-not-applied" in shown.shows
    assert "activation-not-applied" not in blind.shows
    known = [Learner([entry]).memories["relu-forward"].known(NOW) for entry in (blind, shown)]
    assert known[0] < known[1]


def test_a_skill_is_not_known_while_a_slip_is_open() -> None:
    wrong = answers("h1[2]", "wrong", "activation-not-applied", name="exercise1", days_ago=2)
    right = answers("h1[2]", "correct", name="exercise1", days_ago=1)
    once, twice = (
        Learner([*wrong, right[0]._replace(sitting="one"), *again]).memories["relu-forward"]
        for again in ([], [right[0]._replace(sitting="another")])
    )
    assert (once.slips, twice.slips) == (("activation-not-applied",), ())
    assert once.known(NOW) <= 0.5 < twice.known(NOW)


def test_where_it_is_not_known_what_would_show_many_right_answers_count_in_full() -> None:
    def known(shows: tuple[str, ...] | None) -> float:
        [entry] = answers("net1[1]", "correct")
        many = (entry._replace(shows=shows, sitting=str(number)) for number in range(9))
        return Learner(many).memories["net"].known(NOW)

    assert known(()) < 0.75 < 0.95 < known(None)
