"""What a skill is practised on: one question in the midst of an exercise with new numbers, or all of a small
one."""

from collections.abc import Iterator, Sequence
from functools import cache
from math import prod
from typing import NamedTuple

import numpy as np

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.exercise.catalogue import CatalogueEntry
from backprop_tutor.exercise.draws import Stream
from backprop_tutor.exercise.load import load
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.quantity import element_name
from backprop_tutor.grading.slips import Slips
from backprop_tutor.homework.versions import Versions
from backprop_tutor.language.expr import Sym
from backprop_tutor.tutor.questions import Question, questions_of
from backprop_tutor.tutor.skills import Skill, skills_of
from backprop_tutor.tutor.state import QuestionRecord, State
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["LEVELS", "Drill", "Drills", "skills_in"]

LEVELS = ("beginner", "intermediate", "advanced")
MOST_NUMBERS = 12  # of an array in a question
MOST_ASKED = 12  # questions of a small exercise
LOOKED_AT = 6  # exercises that are searched for a step in which a slip shows


class Drill(NamedTuple):
    """Some questions on a version of an exercise, in walkthrough order. The first `given` are not asked:
    their answers are known, as if they had been shown."""

    skill: Skill
    solution: Solution
    questions: tuple[Question, ...]
    given: int = 0

    @property
    def asked(self) -> tuple[Question, ...]:
        return self.questions[self.given :]

    @property
    def start(self) -> State:
        shown, still_open = QuestionRecord("shown"), QuestionRecord()
        return State((*[shown] * self.given, *[still_open] * len(self.asked)), at=self.given)


class Spot(NamedTuple):
    """One element of a quantity."""

    quantity: str
    at: tuple[int, ...]


class Drills:
    """The shipped `exercises` as a source of drills, new ones with every `seed`. Those above the `level`
    come last."""

    def __init__(self, exercises: Sequence[CatalogueEntry], seed: int, level: int = 0) -> None:
        self.exercises = [entry for entry in exercises if entry.shipped and not entry.fault]
        self.seed, self.level = seed, level
        self._loaded = cache(self._load)

    def question(self, skill: Skill, number: int, slips: Sequence[str] = ()) -> Drill | None:
        """Question `number`: one that takes the skill and, where that can be, shows one of the `slips`. None
        where no exercise has any."""
        stream = Stream(str(self.seed), str(number), skill.id)
        first: Drill | None = None
        for looked_at, exercise in enumerate(self._exercises(skill, stream)):
            solution = self._version(exercise, number)
            places = list(_places(solution, skill))
            telling = [place for slip in slips for place in _showing(solution, places, slip)]
            if telling or not slips or first is None:
                chosen = telling or _worth_asking(solution, places, skill)
                drill = _at(skill, solution, chosen[stream.between(0, len(chosen) - 1)])
                first = first or drill
                if telling or not slips:
                    return drill
            if looked_at + 1 >= LOOKED_AT:
                break
        return first

    def whole(self, drill: Drill) -> Drill | None:
        """All that its exercise asks, on the same version, where it is small."""
        questions = questions_of(drill.solution)
        return Drill(drill.skill, drill.solution, tuple(questions)) if len(questions) <= MOST_ASKED else None

    def _exercises(self, skill: Skill, stream: Stream) -> Iterator[Exercise]:
        """Those with a step that takes the skill, in an order of chance, harder ones last."""
        rest = list(self.exercises)
        shuffled = [rest.pop(stream.between(0, len(rest) - 1)) for _ in self.exercises]
        for entry in sorted(shuffled, key=lambda entry: max(_level(entry), self.level)):
            loaded = self._loaded(entry.name)
            if loaded is not None and skill.id in loaded[1]:
                yield loaded[0]

    def _load(self, name: str) -> tuple[Exercise, frozenset[str]] | None:
        try:
            exercise = load(name)
            solution = Solution(exercise)
            steps = (step for step in solution.steps.values() if _is_small(solution, step))
            return exercise, frozenset(skill.id for step in steps for skill in skills_of(step))
        except BackpropTutorError:
            return None

    def _version(self, exercise: Exercise, number: int) -> Solution:
        try:
            return Versions(exercise, self.seed).first(str(number))
        except BackpropTutorError:  # nothing in it varies
            return Solution(exercise)


def skills_in(solution: Solution, question: Question) -> list[str]:
    """What a question takes."""
    step = solution.step(question.quantity)
    return [skill.id for skill in skills_of(step)] if step else []


def _level(entry: CatalogueEntry) -> int:
    return LEVELS.index(entry.level) if entry.level in LEVELS else 1


def _is_small(solution: Solution, step: Step) -> bool:
    """Whether it can be read and answered at a glance."""
    sizes = [prod(solution.shapes[name]) for name in (step.quantity, *step.uses) if name in solution.shapes]
    return max(sizes) <= MOST_NUMBERS


def _places(solution: Solution, skill: Skill) -> Iterator[Spot]:
    for step in solution.steps.values():
        if _is_small(solution, step) and skill in skills_of(step):
            yield from (Spot(step.quantity, index) for index in np.ndindex(step.shape))


def _worth_asking(solution: Solution, places: list[Spot], skill: Skill) -> list[Spot]:
    """Those with an answer that is not 0, unless it is the point where it is."""
    alive = [place for place in places if solution.value(place.quantity)[place.at]]
    return places if skill.zeros else alive or places


def _showing(solution: Solution, places: list[Spot], slip: str) -> list[Spot]:
    """The places where a slip gives another number than the right one."""
    slips = Slips(solution.ledger)
    found: list[Spot] = []
    for quantity in dict.fromkeys(place.quantity for place in places):
        right = solution.value(quantity)
        with np.errstate(all="ignore"):
            wrong = [v.value for m, v in slips.wrong(quantity, solution.values) if m.id == slip]
        found += [
            place
            for place in places
            if place.quantity == quantity
            and any(not np.isclose(value[place.at], right[place.at]) for value in wrong)
        ]
    return found


def _at(skill: Skill, solution: Solution, place: Spot) -> Drill:
    """The question at a place, with everything before it given."""
    before = [step for step in solution.steps.values() if step.phase != "update"]
    names = [step.quantity for step in before]
    names = names[: names.index(place.quantity)] if place.quantity in names else names
    needed = dict.fromkeys((*names, *_needed(solution, place.quantity)))
    [asked] = questions_of(
        solution, [element_name(place.quantity, solution.quantities[place.quantity], place.at)]
    )
    given = [_known(solution, name) for name in needed if name != place.quantity]
    return Drill(skill, solution, (*given, asked), len(given))


def _needed(solution: Solution, quantity: str) -> list[str]:
    """What the step of an update is worked out from."""
    step = solution.steps[quantity]
    return [name for name in step.uses if name in solution.steps]


def _known(solution: Solution, quantity: str) -> Question:
    node = solution.quantities[quantity]
    elements = tuple(element_name(quantity, node, index) for index in np.ndindex(node.shape))
    return Question(
        quantity, quantity, None, solution.steps[quantity].phase, Sym(quantity), elements=elements
    )
