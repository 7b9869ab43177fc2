"""Saved progress as lines for people, and as JSON."""

import json
from collections.abc import Iterator
from textwrap import wrap

from backprop_tutor.language.clean import clean
from backprop_tutor.language.spelling import spelled
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.progress import Report

__all__ = ["progress_json", "progress_lines"]


def progress_lines(report: Report, width: int, encoding: str | None = "utf-8") -> Iterator[str]:
    """One fact a line or more of at most `width` columns of an output in `encoding`, under headings."""
    for line in (spelled(fact, encoding) for fact in _facts(report)):
        lead = line[: len(line) - len(line.lstrip())]
        yield from wrap(line, width, subsequent_indent=f"{lead}  ", break_on_hyphens=False)


def _facts(report: Report) -> Iterator[str]:
    if not report.exercises:
        yield "Nothing is done yet."
    else:
        yield "Exercises:"
        for exercise in report.exercises.values():
            yield f"  {clean(exercise.name)}: {exercise.text}"
        yield "Topics (questions right at once):"
        for name, topic in report.topics.items():
            yield f"  {clean(name)}: {topic.at_once} of {topic.settled}"
        for head, met in (("Misconceptions met:", report.misconceptions), ("Possibly met:", report.possible)):
            if met:
                yield head
            for name, times in met.items():
                sentence, rule = advice(name)
                read_on = f" Read on: backprop-tutor explain --rule {rule}" if rule else ""
                yield f"  {title(name)} ({times}): {sentence}{read_on}"
    if report.following:
        yield f"Next: backprop-tutor run {report.following.name} ({report.following.title})"
    elif report.exercises:
        yield "Every shipped exercise is done."


def progress_json(report: Report) -> str:
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
