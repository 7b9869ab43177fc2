"""What a skill is practised on: one question in the midst of an exercise with new numbers, or all of a small
one."""

from collections.abc import Iterator, Sequence
from itertools import islice
from math import prod
from typing import NamedTuple, TypeVar

import numpy as np

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.exercise.catalogue import CatalogueEntry
from backprop_tutor.exercise.draws import Stream
from backprop_tutor.exercise.load import load
from backprop_tutor.exercise.quantity import element_name
from backprop_tutor.homework.versions import Versions
from backprop_tutor.language.expr import Sym
from backprop_tutor.tutor.questions import Question, questions_of
from backprop_tutor.tutor.skills import Skill, skills_of
from backprop_tutor.tutor.state import QuestionRecord, State
from backprop_tutor.tutor.visible_slips import computed_slips, visible_slips
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["LEVELS", "Drill", "Drills", "skills_in"]

T = TypeVar("T")

LEVELS = ("beginner", "intermediate", "advanced")
MOST_NUMBERS = 12  # of an array in a question
MOST_ASKED = 12  # questions of a small exercise
LOOKED_AT = 10  # exercises that are searched for a step in which a slip shows


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


class DrillGround(NamedTuple):
    """An exercise to practise on: its versions, and by skill the small steps that take it."""

    versions: Versions
    spots: dict[str, list[Spot]]


class Drills:
    """The shipped `exercises` as a source of drills, new ones with every `seed`. Those above the `level`
    come last."""

    def __init__(self, exercises: Sequence[CatalogueEntry], seed: int, level: int = 0) -> None:
        self.exercises = [entry for entry in exercises if entry.shipped and not entry.fault]
        self.seed, self.level = seed, level
        self._grounds: dict[str, DrillGround | None] = {}

    def question(self, skill: Skill, number: int, slips: Sequence[str] = ()) -> Drill | None:
        """Question `number`: one that takes the skill, and in which a slip would show where that can be: one
        of the `slips` that were met, or in turn any that is usual with the skill. None where no exercise has
        a step that takes it."""
        stream = Stream(str(self.seed), str(number), skill.id)
        usual = [slip for slip in skill.slips if slip in computed_slips()]
        looked_for = slips if slips and stream.between(0, 2) else usual
        slip = _one_of(looked_for, stream) if looked_for else ""
        first: Drill | None = None
        for ground in islice(self._with(skill, stream), LOOKED_AT):
            solution = _version(ground.versions, number)
            spots = ground.spots[skill.id]
            telling = _showing(solution, spots, slip) if slip else []
            if telling:
                return _at(skill, solution, _one_of(telling, stream))
            if first is None:
                first = _at(skill, solution, _one_of(_worth_asking(solution, spots, skill), stream))
            if not slip:
                break
        return first

    def whole(self, drill: Drill) -> Drill | None:
        """All that its exercise asks, on the same version, where it is small."""
        questions = questions_of(drill.solution)
        return Drill(drill.skill, drill.solution, tuple(questions)) if len(questions) <= MOST_ASKED else None

    def _with(self, skill: Skill, stream: Stream) -> Iterator[DrillGround]:
        """Those with a step that takes the skill, in an order of chance, harder ones last."""
        rest = list(self.exercises)
        shuffled = [rest.pop(stream.between(0, len(rest) - 1)) for _ in self.exercises]
        for entry in sorted(shuffled, key=lambda entry: max(_level(entry), self.level)):
            if entry.name not in self._grounds:
                self._grounds[entry.name] = self._ground(entry.name)
            ground = self._grounds[entry.name]
            if ground is not None and skill.id in ground.spots:
                yield ground

    def _ground(self, name: str) -> DrillGround | None:
        try:
            exercise = load(name)
            return DrillGround(Versions(exercise, self.seed), _spots(Solution(exercise)))
        except BackpropTutorError:
            return None


def _version(versions: Versions, number: int) -> Solution:
    try:
        return versions.first(str(number))
    except BackpropTutorError:  # nothing in it varies
        return Solution(versions.exercise)


def skills_in(solution: Solution, question: Question) -> list[str]:
    """What a question takes."""
    step = solution.step(question.quantity)
    return [skill.id for skill in skills_of(step)] if step else []


def _one_of(things: Sequence[T], stream: Stream) -> T:
    return things[stream.between(0, len(things) - 1)]


def _level(entry: CatalogueEntry) -> int:
    return LEVELS.index(entry.level) if entry.level in LEVELS else 1


def _is_small(solution: Solution, step: Step) -> bool:
    """Whether it can be read and answered at a glance."""
    sizes = [prod(solution.shapes[name]) for name in (step.quantity, *step.uses) if name in solution.shapes]
    return max(sizes) <= MOST_NUMBERS


def _spots(solution: Solution) -> dict[str, list[Spot]]:
    """The elements that can be asked, by the skill that they take."""
    found: dict[str, list[Spot]] = {}
    for step in solution.steps.values():
        for skill in skills_of(step) if _is_small(solution, step) else ():
            found.setdefault(skill.id, []).extend(Spot(step.quantity, at) for at in np.ndindex(step.shape))
    return found


def _worth_asking(solution: Solution, spots: list[Spot], skill: Skill) -> list[Spot]:
    """Those with an answer that is not 0, unless it is the point where it is."""
    alive = [spot for spot in spots if solution.value(spot.quantity)[spot.at]]
    return spots if skill.zeros else alive or spots


def _showing(solution: Solution, spots: list[Spot], slip: str) -> list[Spot]:
    """The spots where a slip gives another number than the right one."""
    quantities = dict.fromkeys(spot.quantity for spot in spots)
    changed = {name: (visible_slips(solution, name) or {}).get(slip) for name in quantities}
    return [spot for spot in spots if (found := changed[spot.quantity]) is not None and found[spot.at]]


def _at(skill: Skill, solution: Solution, spot: Spot) -> Drill:
    """The question at a spot, with everything before it given."""
    before = [step for step in solution.steps.values() if step.phase != "update"]
    names = [step.quantity for step in before]
    names = names[: names.index(spot.quantity)] if spot.quantity in names else names
    needed = dict.fromkeys((*names, *_needed(solution, spot.quantity)))
    [asked] = questions_of(
        solution, [element_name(spot.quantity, solution.quantities[spot.quantity], spot.at)]
    )
    given = [_known(solution, name) for name in needed if name != spot.quantity]
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
