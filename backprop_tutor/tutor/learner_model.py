"""What a student can do, as far as evidence tells, and what a question would add to it.

Whether a skill is there follows Bayesian knowledge tracing (Corbett and Anderson 1994): each answer to a
question, right or wrong, makes it likelier or less likely, and each teaches. How long it lasts is FSRS's
account of memory (Free Spaced Repetition Scheduler), by which a skill comes back after days.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from fsrs import Card, Rating, Scheduler

from backprop_tutor.tutor.evidence import Evidence
from backprop_tutor.tutor.skills import SKILLS, Skill, blamed
from backprop_tutor.tutor.visible_slips import computed_slips

__all__ = ["Learner", "SkillMemory"]

PRIOR = 0.35  # that a skill is there before anything is known of it
LEARNT = 0.25  # that a question teaches who lacks it
SLIP = 0.08  # that who has it answers wrongly
GUESS = 0.08  # that who lacks it answers rightly, where a slip would show
BLIND = 0.5  # and where none would
MOST_BLIND = 0.7  # that such an answer makes of the chance
HORIZON = timedelta(days=7)  # how far on a gain is to last
SURE = 2  # times that a slip is avoided where it would have shown, until it counts as overcome
LONG_AGO = 4  # right answers in a row after which it does wherever it might have shown
OPEN = 0.5  # the most that a skill is known while one of its slips is not


class SkillMemory(NamedTuple):
    """What is known of one `skill`. `evidence` counts answers, `at_once` those that were right at the first
    try and without hints. `chance` is that it was there after the last; `card` is FSRS's record. `avoided`
    are the misconceptions that are not overcome, the last one first, each with how often it was avoided."""

    skill: Skill
    evidence: int = 0
    at_once: int = 0
    chance: float = PRIOR
    card: Card | None = None
    avoided: tuple[tuple[str, int], ...] = ()
    in_a_row: int = 0

    @property
    def slips(self) -> tuple[str, ...]:
        return tuple(slip for slip, _ in self.avoided)

    def known(self, now: datetime) -> float:
        """The chance that it is there now, from 0 to 1."""
        return self.chance * self.recall(now)

    def recall(self, now: datetime) -> float:
        """The share that is not forgotten by `now`."""
        return 1.0 if self.card is None else _scheduler().get_card_retrievability(self.card, now)

    def gain(self, now: datetime) -> float:
        """What one question adds to what is there after the horizon: it teaches who lacks the skill, and
        makes it last where it is."""
        card, _ = _scheduler().review_card(self.card or _new_card(now), Rating.Good, now)
        later, known = now + HORIZON, self.known(now)
        lasts = _scheduler().get_card_retrievability(card, later)
        without = lasts if self.card is None else self.recall(later) / max(self.recall(now), 1e-9)
        return LEARNT * (1 - known) * lasts + known * max(lasts - without, 0.0)

    def after(
        self, rating: Rating, moment: datetime, slips: Sequence[str], shows: Sequence[str] | None = None
    ) -> "SkillMemory":
        """With one more answer, wrong for one of the `slips`, to a question in which those in `shows` would
        have shown. A clock that went back does not undo what came before it."""
        if self.card is not None and self.card.last_review is not None:
            moment = max(moment, self.card.last_review)
        known = self.known(moment)
        is_wrong, alone = rating is Rating.Again, rating is Rating.Good
        usual = computed_slips().intersection(self.skill.slips)
        is_blind = bool(usual) and usual.isdisjoint(shows or ())
        guess = BLIND if is_blind else GUESS
        if alone:
            known = known * (1 - SLIP) / (known * (1 - SLIP) + (1 - known) * guess)
        elif is_wrong:
            known = known * SLIP / (known * SLIP + (1 - known) * (1 - guess))
        card, _ = _scheduler().review_card(self.card or _new_card(moment), rating, moment)
        in_a_row = self.in_a_row + 1 if alone else 0
        avoided = {slip: times + (alone and slip in (shows or ())) for slip, times in self.avoided}
        if is_wrong:
            avoided = dict.fromkeys(slips, 0) | {slip: n for slip, n in avoided.items() if slip not in slips}
        still = tuple((slip, n) for slip, n in avoided.items() if n < SURE and in_a_row < LONG_AGO)
        chance = known + (1 - known) * LEARNT
        chance = min(chance, max(MOST_BLIND, self.chance)) if is_blind and shows is not None else chance
        chance = min(chance, OPEN) if still else chance
        counts = self.evidence + 1, self.at_once + alone
        return SkillMemory(self.skill, *counts, chance, card, still, in_a_row)


class Learner:
    """All skills of one student, from the evidence that there is."""

    def __init__(self, evidence: Iterable[Evidence] = ()) -> None:
        self.memories: dict[str, SkillMemory] = {skill.id: SkillMemory(skill) for skill in SKILLS}
        self.exercises: set[str] = set()  # those that were tried
        self._asked: set[tuple[str, tuple[str, str, str]]] = set()
        for entry in evidence:
            self.take(entry)

    def take(self, entry: Evidence) -> None:
        """One more answer. Of several to one question in one sitting, the first tells what was known."""
        if (entry.sitting, entry.question) in self._asked:
            return
        self._asked.add((entry.sitting, entry.question))
        self.exercises.add(entry.exercise)
        skills = [skill for skill in entry.skills if skill in self.memories]
        moment, slips = datetime.fromtimestamp(entry.when, UTC), entry.answered.causes[:1]
        rating = Rating.Again
        if entry.is_right:
            rating = Rating.Hard if entry.answered.hints else Rating.Good
        elif skills := list(blamed(skills, entry.answered.causes)):  # any of them: the weakest
            skills = [min(skills, key=lambda skill: self.memories[skill].known(moment))]
        for skill in skills:
            memory = self.memories[skill]
            self.memories[skill] = memory.after(rating, moment, slips, entry.shows)

    @property
    def met(self) -> list[Skill]:
        """The skills that there is evidence of, in the order in which they are learned."""
        return [skill for skill in SKILLS if self.memories[skill.id].evidence]


@cache
def _scheduler() -> Scheduler:
    """In whole days: within a day, what gains most decides."""
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _new_card(moment: datetime) -> Card:
    return Card(card_id=0, due=moment)  # with an id, since FSRS waits for the clock to make one
