"""Simulated learners: what two weeks of practice leave of their slips, by how the questions are chosen.

A learner has four habits, each a misconception with a strength: how likely it comes up where it can show.
The strength halves when the learner is corrected, falls by a fifth when the slip was avoided, and comes back
with the days, more slowly after each day on which it was met. That account of memory is exponential and
knows of misconceptions; the program's is FSRS's, and knows of skills. A learner answers with the number that
the misconception gives, now and then with one that nothing explains, and the program's own marking says what
it saw of it.
"""

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from statistics import mean
from typing import NamedTuple

import numpy as np

from backprop_tutor import load
from backprop_tutor.exercise.catalogue import CatalogueEntry, entries, shipped_folder
from backprop_tutor.grading.slips import Slips
from backprop_tutor.homework.versions import NoVersionError, Versions
from backprop_tutor.tutor.drills import LEVELS, Drill, Drills
from backprop_tutor.tutor.evidence import Answered, evidence_of
from backprop_tutor.tutor.learner_model import Learner
from backprop_tutor.tutor.practice import Practice
from backprop_tutor.tutor.questions import Question, questions_of
from backprop_tutor.tutor.session_marker import SessionMarker
from backprop_tutor.tutor.skills import SKILLS
from backprop_tutor.walkthrough import Solution

DAYS, MINUTES = 14, 15
LEARNERS, SAMPLE = 12, 3
BEGIN = datetime(2026, 3, 2, 18, tzinfo=UTC)
END = BEGIN + timedelta(days=DAYS)
NEW_TASK, ONE_ANSWER, A_CORRECTION = (timedelta(seconds=seconds) for seconds in (30, 30, 40))
HABITS, STRENGTH, CARELESS = 4, 0.9, 0.03
POOL = (  # slips that beginners make
    *("missing-one-over-n", "missing-factor-two", "bias-not-summed", "only-one-example", "missing-path"),
    *("missing-activation-derivative", "derivative-at-activation", "transposed-weights"),
    *("local-forgotten", "upstream-forgotten", "sign-flipped", "learning-rate-forgotten", "bias-omitted"),
    *("activation-not-applied", "transposed-outer-product", "softmax-derivative-applied-twice"),
    "ascent-not-descent",
)

Told = Callable[[Question, float], None]
Strategy = Callable[["Simulated", int], Iterator[tuple[Drill, Told]]]


@dataclass
class Habit:
    """One misconception: its strength when it was last met, and the days in which it comes back."""

    strength: float = STRENGTH
    days: float = 1.5
    met: datetime = BEGIN

    def at(self, now: datetime) -> float:
        kept = np.exp(-(now - self.met).total_seconds() / 86_400 / self.days)
        return float(STRENGTH - (STRENGTH - self.strength) * kept)

    def meet(self, now: datetime, share: float) -> None:
        """Leave a `share` of the strength."""
        self.strength = self.at(now) * share
        self.days *= 1.8 if now.date() > self.met.date() else 1.0
        self.met = now


class Simulated:
    """A learner. `halved_after` counts the questions after which half of the slips were left."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.habits = {slip: Habit() for slip in self.chance.sample(POOL, HABITS)}
        self.now = BEGIN
        self.questions, self.halved_after = 0, 0

    def left(self, now: datetime) -> float:
        """How many slips are left, each for as much as it is likely to come up."""
        return sum(habit.at(now) for habit in self.habits.values()) / STRENGTH

    def answer(self, solution: Solution, question: Question) -> tuple[np.ndarray, bool]:
        """What is answered, and whether it is wrong; and learn from what is said of it."""
        right = np.asarray(solution.value(question.quantity))
        place = ... if question.place is None else question.place
        shows: dict[str, np.ndarray] = {}
        with np.errstate(all="ignore"):
            for slip, variant in Slips(solution.ledger).wrong(question.quantity, solution.values):
                if slip.id in self.habits and not np.allclose(variant.value[place], right[place]):
                    shows.setdefault(slip.id, variant.value)
        made = [slip for slip in shows if self.chance.random() < self.habits[slip].at(self.now)][:1]
        for slip in made or shows:
            self.habits[slip].meet(self.now, 0.5 if made else 0.8)
        careless = not made and self.chance.random() < CARELESS
        self.questions += 1
        if not self.halved_after and self.left(self.now) <= HABITS / 2:
            self.halved_after = self.questions
        said = shows[made[0]] if made else right + 0.731 if careless else right
        return said[place], bool(made) or careless


def by_what_gains(simulated: Simulated, seed: int) -> Iterator[tuple[Drill, Told]]:
    """What `practice` asks, by what the marking says of each answer."""
    practice = Practice(Learner(), shipped(), seed)
    while drill := practice.next(simulated.now):
        marker = SessionMarker(drill.solution, drill.questions)

        def tell(question: Question, value: np.ndarray, drill: Drill = drill, marker=marker) -> None:
            verdict = marker(question, str(value.tolist()), {})
            causes, certain = verdict.misconceptions, not verdict.ambiguous
            answered = Answered(question.target, verdict.verdict, causes, 0, certain)
            for entry in evidence_of(drill.solution.exercise, [answered], simulated.now.timestamp()):
                practice.take(entry._replace(sitting=str(simulated.questions)))

        yield drill, tell


def at_random(simulated: Simulated, seed: int) -> Iterator[tuple[Drill, Told]]:
    """A skill at random, with a question that `practice` would ask on it."""
    drills = Drills(shipped(), seed, len(LEVELS))
    for number in range(1, 100_000):
        if drill := drills.question(simulated.chance.choice(SKILLS), number):
            yield drill, nothing


def in_order(simulated: Simulated, seed: int) -> Iterator[tuple[Drill, Told]]:
    """The exercises, easy ones first, each with all that it asks; then all again with new numbers."""
    for number in range(1, 1_000):
        for entry in sorted(shipped(), key=level):
            solution = Solution(load(entry.name))
            if number > 1:
                with suppress(NoVersionError):
                    solution = Versions(solution.exercise, seed).first(str(number))
            yield Drill(SKILLS[0], solution, tuple(questions_of(solution))), nothing


STRATEGIES: dict[str, Strategy] = {
    "practice": by_what_gains,
    "skills at random": at_random,
    "exercises in order": in_order,
}


class Outcome(NamedTuple):
    """Of one learner: questions asked, how many until half of the slips were left, slips left at the end
    and a week after it."""

    questions: float
    until_half: float
    left: float
    a_week_later: float


def two_weeks(name: str, seed: int) -> Outcome:
    """One learner, practising so many minutes a day."""
    simulated = Simulated(seed)
    drills = STRATEGIES[name](simulated, seed)
    waiting: list[tuple[Drill, Question, Told]] = []
    for day in range(DAYS):
        simulated.now = BEGIN + timedelta(days=day)
        end = simulated.now + timedelta(minutes=MINUTES)
        while simulated.now < end:
            if not waiting:
                drill, told = next(drills)
                waiting = [(drill, question, told) for question in drill.asked]
                simulated.now += NEW_TASK
            drill, question, tell = waiting.pop(0)
            value, wrong = simulated.answer(drill.solution, question)
            simulated.now += ONE_ANSWER + (A_CORRECTION if wrong else timedelta())
            tell(question, value)
    until_half = simulated.halved_after or simulated.questions
    return Outcome(simulated.questions, until_half, simulated.left(END), simulated.left(END + timedelta(7)))


def nothing(question: Question, value: object) -> None:
    """Nobody is told."""


@cache
def shipped() -> list[CatalogueEntry]:
    return entries(shipped_folder())


def level(entry: CatalogueEntry) -> int:
    return LEVELS.index(entry.level) if entry.level in LEVELS else 1


def run(*, full: bool) -> None:
    learners = LEARNERS if full else SAMPLE
    pairs = [(name, seed) for name in STRATEGIES for seed in range(learners)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        outcomes = dict(zip(pairs, pool.map(two_weeks, *zip(*pairs, strict=True)), strict=True))
    print(f"  {learners} learners, {HABITS} slips each, {DAYS} days of {MINUTES} minutes; means")
    print(f"  {'':20}{'questions':>10}{'until half':>12}{'slips left':>12}{'a week later':>14}")
    for name in STRATEGIES:
        asked, half, left, later = (
            mean(column) for column in zip(*(outcomes[name, seed] for seed in range(learners)), strict=True)
        )
        print(f"  {name:20}{asked:10.0f}{half:12.0f}{left:12.2f}{later:14.2f}")


if __name__ == "__main__":
    run(full=True)
