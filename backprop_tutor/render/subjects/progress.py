"""Saved progress as blocks, and as JSON."""

import json
from collections.abc import Iterator
from shlex import quote

from backprop_tutor.language.clean import clean
from backprop_tutor.render.blocks import Block, Column, Heading, Prose, Row, Table, Words, cell
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.progress import ProgressReport

__all__ = ["progress_blocks", "progress_json"]


def progress_blocks(report: ProgressReport) -> Iterator[Block]:
    """What is done, how it went by topic and misconception, and what to do next."""
    if not report.exercises:
        yield Prose((Words("Nothing is done yet."),))
    else:
        yield Heading((Words("Progress"),))
        yield _pairs("exercise", "how far", {clean(e.name): e.text for e in report.exercises.values()})
        topics = {clean(name): f"{topic.at_once} of {topic.settled}" for name, topic in report.topics.items()}
        if topics:
            yield _pairs("topic", "questions right at once", topics)
        for head, met in (
            ("what happened", report.misconceptions),
            ("what may have happened", report.possible),
        ):
            if met:
                yield _misconceptions(head, met)
    if report.following:
        following = f"{quote(report.following.name)} ({report.following.title})"
        yield Prose((Words(f"Next: backprop-tutor run {following}"),), "section")
    elif report.exercises:
        yield Prose((Words("Every shipped exercise is done."),), "section")


def _pairs(first: str, second: str, pairs: dict[str, str]) -> Table:
    rows = (Row((cell(name), cell(text)), cell(f"{name}: {text}")) for name, text in pairs.items())
    return Table((Column(cell(first), "asked"), Column(cell(second), least=20)), tuple(rows))


def _misconceptions(head: str, met: dict[str, int]) -> Table:
    rows = []
    for name, times in met.items():
        sentence, rule = advice(name)
        command = f"backprop-tutor explain --rule {rule}" if rule else ""
        read_on = f" Read on: {command}" if rule else ""
        what = (*cell(sentence), *cell(Words(command, "quiet") if command else ""))
        rows.append(Row((what, cell(str(times))), cell(f"{title(name)} ({times}): {sentence}{read_on}")))
    columns = Column(cell(head), least=30), Column(cell("times"), flush="right")
    return Table(columns, tuple(rows))


def progress_json(report: ProgressReport) -> str:
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
        "topics": {
            name: {"settled": topic.settled, "right_at_once": topic.at_once}
            for name, topic in report.topics.items()
        },
        "misconceptions": report.misconceptions,
        "possible": report.possible,
        "next": report.following.name if report.following else None,
    }
    return json.dumps(document, ensure_ascii=False)
