"""Practice in words: what a drill is about, and what became of the skills."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from backprop_tutor.render.blocks import Block, Column, Heading, Prose, Row, Table, Words, cell
from backprop_tutor.render.screens.known_quantities import Known, known
from backprop_tutor.render.subjects.progress import day_text
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.drills import Drill
from backprop_tutor.tutor.learner_model import Learner, SkillMemory
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.skills import SKILLS
from backprop_tutor.tutor.state import QuestionRecord, State
from backprop_tutor.tutor.summary import misconceptions_met

__all__ = [
    "Practised",
    "drill_json",
    "drill_lines",
    "practised_blocks",
    "practised_json",
    "skill_list",
]


class Practised(NamedTuple):
    """One practice: what was known before it and is now, and each drill with how it ended."""

    before: Mapping[str, SkillMemory]
    learner: Learner
    done: Sequence[tuple[Drill, State]]

    @property
    def records(self) -> list[QuestionRecord]:
        return [record for drill, state in self.done for record in state.records[drill.given :]]

    @property
    def at_once(self) -> int:
        return sum(record.outcome == "at once" for record in self.records)

    @property
    def answered(self) -> int:
        return sum(record.outcome not in ("unanswered", "skipped") for record in self.records)

    @property
    def changed(self) -> list[tuple[str, str, SkillMemory, SkillMemory]]:
        """The skills that there is new evidence of, with what was known before and is known now."""
        memories = self.learner.memories
        return [
            (skill.id, skill.title, self.before[skill.id], memories[skill.id])
            for skill in SKILLS
            if memories[skill.id].evidence > self.before[skill.id].evidence
        ]


def drill_lines(drill: Drill, steps: Steps, number: int, *, in_lines: bool) -> Iterator[str]:
    """What the question is about, before it is asked; `in_lines` also the formulas, which a terminal has in
    its picture."""
    exercise = drill.solution.exercise
    about = f"{drill.skill.title[0].upper()}{drill.skill.title[1:]}"
    numbers = " with new numbers" if exercise.variant else ""
    if drill.given:
        yield f"{number}. {about}. From {exercise.name}{numbers}; what comes before is given."
    elif len(drill.asked) > 1:
        count = f"{len(drill.asked)} questions"
        yield f"{number}. {about}, and what goes with it: all of {exercise.name}{numbers}, {count}."
    else:
        yield f"{number}. {about}. From {exercise.name}{numbers}."
    if number == 1 or in_lines:
        yield exercise.rounding
    if in_lines:
        yield from (f"formula: {text}" for text in _formulas(drill, steps))


def _formulas(drill: Drill, steps: Steps) -> Iterator[str]:
    """How the values are worked out, one after the other."""
    forward = (step for step in drill.solution.steps.values() if step.phase in ("forward", "loss"))
    for step in forward:
        if (form := steps.workings.form(step)) is not None:
            yield f"{steps.quantity(step.quantity)} = {steps.text(form)}"


def drill_json(drill: Drill, steps: Steps, number: int) -> str:
    exercise = drill.solution.exercise
    document = {
        "format": 1,
        "event": "drill",
        "number": number,
        "skill": drill.skill.id,
        "title": drill.skill.title,
        "exercise": exercise.name,
        "variant": exercise.variant.id if exercise.variant else None,
        "asks": [question.target for question in drill.asked],
        "given": {item.name: item.text for item in _known(drill, steps)},
    }
    return json.dumps(document, ensure_ascii=False)


def _known(drill: Drill, steps: Steps) -> list[Known]:
    """What the first question needs; of a whole exercise everything that is given."""
    is_whole = len(drill.asked) > 1
    items = known(steps, drill.questions, drill.start, everything=is_whole)
    return [item for item in items if item.needed or is_whole]


def practised_blocks(practised: Practised, now: datetime) -> Iterator[Block]:
    """How it went, what is known now, the slips met, and when to come back."""
    yield Prose(())
    if not practised.changed:
        yield Prose((Words("Nothing was answered, and nothing has changed."),))
        return
    yield Heading((Words(f"Practised: {practised.at_once} of {practised.answered} right at once"),))
    rows = []
    for _, name, before, after in practised.changed:
        was = f"{before.known(now):.0%}" if before.evidence else "new"
        change, due = f"{was} > {after.known(now):.0%}", day_text(after, now)
        fact = f"{name}: known {was}, now {after.known(now):.0%}, next review {due}"
        rows.append(Row((cell(name), cell(change), cell(due)), cell(fact)))
    columns = Column(cell("skill"), "asked", least=20), Column(cell("known")), Column(cell("next review"))
    yield Table(columns, tuple(rows))
    certain, _ = misconceptions_met(practised.records)
    for slip in certain:
        said, rule = advice(slip)
        read_on = f" Read on: backprop-tutor explain --rule {rule}" if rule else ""
        yield Prose((Words(f"{title(slip)[0].upper()}{title(slip)[1:]}: {said}{read_on}"),))
    yield Prose((Words("Again: backprop-tutor practice"),), "section")


def practised_json(practised: Practised, now: datetime) -> str:
    certain, possible = misconceptions_met(practised.records)
    document = {
        "format": 1,
        "event": "practised",
        "questions": practised.answered,
        "right_at_once": practised.at_once,
        "misconceptions": certain,
        "possible": possible,
        "skills": [
            {"id": name, "title": said, "known": round(after.known(now), 3), "due": _due(after)}
            for name, said, _, after in practised.changed
        ],
    }
    return json.dumps(document, ensure_ascii=False)


def _due(memory: SkillMemory) -> str | None:
    return memory.card.due.astimezone().date().isoformat() if memory.card else None


def skill_list() -> Table:
    rows = (Row((cell(skill.id), cell(skill.title)), cell(f"{skill.id}: {skill.title}")) for skill in SKILLS)
    return Table((Column(cell("--skill"), "name"), Column(cell("what it is"), least=20)), tuple(rows))
