"""Saved progress as blocks, and as JSON."""

import json
from collections.abc import Iterator
from datetime import datetime
from shlex import quote

from backprop_tutor.language.clean import clean
from backprop_tutor.render.blocks import Block, Column, Heading, Prose, Row, Table, Words, cell
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.learner_model import Learner, SkillMemory
from backprop_tutor.tutor.progress import ProgressReport
from backprop_tutor.tutor.skills import Skill

__all__ = ["day_text", "progress_blocks", "progress_json"]


def progress_blocks(report: ProgressReport, learner: Learner, now: datetime) -> Iterator[Block]:
    """What is done, what the evidence says of each skill, slips met, and what to do next."""
    if not report.exercises and not learner.met:
        yield Prose((Words("Nothing is done yet."),))
    else:
        yield Heading((Words("Progress"),))
        if report.exercises:
            yield _pairs("exercise", "how far", {clean(e.name): e.text for e in report.exercises.values()})
        if learner.met:
            yield _skills(learner, now)
        for head, met in (
            ("what happened", report.misconceptions),
            ("what may have happened", report.possible),
        ):
            if met:
                yield _misconceptions(head, met)
    if learner.met:
        yield Prose((Words("Practise what gains most: backprop-tutor practice"),), "section")
    if report.following:
        following = f"{quote(report.following.name)} ({report.following.title})"
        yield Prose((Words(f"Next: backprop-tutor run {following}"),), "section")
    elif report.exercises:
        yield Prose((Words("Every shipped exercise is done."),), "section")


def _skills(learner: Learner, now: datetime) -> Table:
    """A row a skill: how often it went right at once, how likely it is there now, when it comes back."""
    rows = []
    for skill in learner.met:
        memory = learner.memories[skill.id]
        right = f"{memory.at_once} of {memory.evidence}"
        known, due = f"{memory.known(now):.0%}", day_text(memory, now)
        fact = f"{skill.title}: right at once {right}, known {known}, next review {due}"
        rows.append(Row((cell(skill.title), cell(right), cell(known), cell(due)), cell(fact)))
    columns = (
        Column(cell("skill"), "asked", least=20),
        Column(cell("right at once"), flush="right"),
        Column(cell("known"), flush="right"),
        Column(cell("next review")),
    )
    return Table(columns, tuple(rows))


def day_text(memory: SkillMemory, now: datetime) -> str:
    """When a skill comes back: `today`, `tomorrow`, `in 5 days`."""
    days = 0 if memory.card is None else (memory.card.due.astimezone().date() - now.astimezone().date()).days
    return "today" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days"


def _pairs(first: str, second: str, pairs: dict[str, str]) -> Table:
    rows = (Row((cell(name), cell(text)), cell(f"{name}: {text}")) for name, text in pairs.items())
    return Table((Column(cell(first), "asked"), Column(cell(second), least=20)), tuple(rows))


def _misconceptions(head: str, met: dict[str, int]) -> Table:
    rows = []
    for name, times in met.items():
        sentence, rule = advice(name)
        command = f"backprop-tutor explain --rule {rule}" if rule else ""
        read_on = f" Read on: {command}" if rule else ""
        said = title(name)
        what = (
            *cell(f"{said[0].upper()}{said[1:]}. {sentence}".strip()),
            *cell(Words(command, "quiet") if command else ""),
        )
        rows.append(Row((what, cell(str(times))), cell(f"{title(name)} ({times}): {sentence}{read_on}")))
    columns = Column(cell(head), least=30), Column(cell("times"), flush="right")
    return Table(columns, tuple(rows))


def progress_json(report: ProgressReport, learner: Learner, now: datetime) -> str:
    document = {
        "format": 1,
        "exercises": [
            {
                "name": exercise.name,
                "title": exercise.title,
                "done": exercise.done,
                "questions": exercise.questions,
                "right_at_once": exercise.at_once,
                "complete": exercise.complete,
                "sessions": exercise.sessions,
            }
            for exercise in report.exercises.values()
        ],
        "skills": [_skill_json(skill, learner.memories[skill.id], now) for skill in learner.met],
        "misconceptions": report.misconceptions,
        "possible": report.possible,
        "next": report.following.name if report.following else None,
    }
    return json.dumps(document, ensure_ascii=False)


def _skill_json(skill: Skill, memory: SkillMemory, now: datetime) -> dict[str, object]:
    due = now if memory.card is None else memory.card.due
    return {
        "id": skill.id,
        "title": skill.title,
        "evidence": memory.evidence,
        "known": round(memory.known(now), 3),
        "due": due.astimezone().date().isoformat(),
    }
