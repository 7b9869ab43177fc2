"""Practice: which skill gains most from the next question, and the drill for it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from backprop_tutor.exercise.catalogue import CatalogueEntry
from backprop_tutor.tutor.drills import LEVELS, Drill, Drills, skills_in
from backprop_tutor.tutor.evidence import Evidence
from backprop_tutor.tutor.learner_model import Learner
from backprop_tutor.tutor.skills import SKILLS, Skill

__all__ = ["Practice"]

READING = 30.0  # seconds that an exercise takes before its first question
ANSWERING = 30.0  # seconds that a question takes


class Practice:
    """Chooses drills for a `learner`, of some `skills` or of all that are met and the next new one."""

    def __init__(
        self, learner: Learner, exercises: Sequence[CatalogueEntry], seed: int, skills: Collection[str] = ()
    ) -> None:
        self.learner, self.chosen = learner, skills
        self.drills = Drills(exercises, seed, _level_of(learner, exercises))
        self.number = 0
        self._missing: set[str] = set()  # skills that no exercise has
        self._last = ""

    def next(self, now: datetime | None = None, most: int | None = None) -> Drill | None:
        """The drill that gains most in its time, of `most` so many questions; None where there is nothing to
        practise."""
        moment = now or datetime.now(UTC)
        self.number += 1
        for skill in self.ranked(moment):
            slips = self.learner.memories[skill.id].slips
            drill = self.drills.question(skill, self.number, slips)
            if drill is None:
                self._missing.add(skill.id)
                continue
            self._last = skill.id
            whole = None if self.chosen else self.drills.whole(drill)
            fits = whole is not None and (most is None or len(whole.asked) <= most)
            if whole and fits and self._pays(whole, moment) > self._pays(drill, moment):
                return whole
            return drill
        return None

    def take(self, entry: Evidence) -> None:
        self.learner.take(entry)

    def ranked(self, now: datetime) -> list[Skill]:
        """The skills that may be asked, those that gain most first; the last one asked comes last."""

        def order(skill: Skill) -> tuple[bool, float]:
            return skill.id == self._last, -self.learner.memories[skill.id].gain(now)

        return sorted(self._offered(), key=order)

    def _offered(self) -> list[Skill]:
        """New ones come one at a time, in the order in which they are learned."""
        there = [skill for skill in SKILLS if skill.id not in self._missing]
        if self.chosen:
            return [skill for skill in there if skill.id in self.chosen]
        met = self.learner.met
        new = [skill for skill in there if skill not in met]
        return [skill for skill in there if skill in met or skill in new[:1]]

    def _pays(self, drill: Drill, now: datetime) -> float:
        """What a drill gains a second, each skill in it once."""
        skills = {name for question in drill.asked for name in skills_in(drill.solution, question)}
        gain = sum(self.learner.memories[name].gain(now) for name in skills)
        return gain / (READING + ANSWERING * len(drill.asked))


def _level_of(learner: Learner, exercises: Sequence[CatalogueEntry]) -> int:
    """The level of the hardest exercise that was tried."""
    levels = {entry.name: entry.level for entry in exercises if entry.shipped}
    tried = (levels.get(name, "") for name in learner.exercises)
    return max((LEVELS.index(level) for level in tried if level in LEVELS), default=0)
