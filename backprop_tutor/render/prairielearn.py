"""What the `server.py` of a PrairieLearn question calls: it draws a student's version, and marks the answers.

`data` is PrairieLearn's own dictionary, as its documentation on question/server.py describes it.
"""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from backprop_tutor.exercise.load import load
from backprop_tutor.grading.checking import Checker
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.homework.versions import NoVersionError, Versions
from backprop_tutor.language import to_text
from backprop_tutor.render.blocks import Block, Heading
from backprop_tutor.render.document import Document
from backprop_tutor.render.painters.html import HtmlPainter
from backprop_tutor.walkthrough import Solution, lettering_of

__all__ = ["EXERCISE", "answer_names", "generate", "grade"]

EXERCISE = "exercise.yaml"
HOW = "Answer with a number, a fraction such as -1/2, or a formula in what comes before."
GLYPHS = {"correct": "✓", "follow-through": "✓", "wrong": "✗", "undecided": "?", "invalid": "!", "blank": ""}


class DrawnQuestion(NamedTuple):
    """A version: what it states, and what marks it."""

    document: Document
    checker: Checker


def generate(data: dict[str, Any]) -> None:
    """The version of `variant_seed`: the task in `params`, the right values in `correct_answers`."""
    folder, seed = _folder(data), str(data["variant_seed"])
    number = _number(folder, seed)
    asked = _asked(folder, seed, number)
    document = asked.document
    blocks: list[Block] = [b for b in document.task.heading() if not isinstance(b, Heading)]
    blocks += document.task.statement(how=HOW)
    data["params"]["draws"] = number
    data["params"]["statement"] = "\n".join(HtmlPainter(document.style, blank=True).paint(blocks))
    rows = [(row, view) for view in document.views for row in view.rows]
    for (name, _), (row, _) in zip(answer_names(asked.checker), rows, strict=True):
        data["params"][name] = to_text(row.name, document.style)
    book = asked.checker.marker.book
    for name, element in answer_names(asked.checker):
        place = book.elements.place(element)
        assert place is not None
        exact = book.truth(place[0])[1]
        right = f"{book.right(place):.9g}" if exact is None else str(exact[place[1]])
        data["correct_answers"][name] = right


def grade(data: dict[str, Any]) -> None:
    """Marks all answers together, so that an earlier slip is paid for once, and says why."""
    asked = _asked(_folder(data), str(data["variant_seed"]), data["params"]["draws"])
    names = answer_names(asked.checker)
    given = {element: data["submitted_answers"].get(name) or "" for name, element in names}
    lettering = asked.document.lettering
    result = asked.checker.check({element: str(text) for element, text in given.items()}, lettering)
    marks = zip(names, result.verdicts, result.marks, result.weights, strict=True)
    rows = []
    for (name, _), verdict, mark, weight in marks:
        share = float(mark / weight) if weight else 0.0
        data["partial_scores"][name] = {"score": share, "weight": float(weight), "feedback": verdict.message}
        rows.append(_row(data["params"][name], verdict))
    data["score"] = float(result.score / result.out_of) if result.out_of else 0.0
    data["feedback"]["report"] = f"<table>{''.join(rows)}</table>"


def answer_names(checker: Checker) -> list[tuple[str, str]]:
    """What PrairieLearn calls each place, and the element asked there."""
    elements = (name for question in checker.questions for name in question.elements)
    return [(f"a{number}", element) for number, element in enumerate(elements, 1)]


def _folder(data: Mapping[str, Any]) -> str:
    return str(data.get("options", {}).get("question_path", "."))


@lru_cache(maxsize=8)
def _versions(folder: str) -> Versions:
    return Versions(load(Path(folder) / EXERCISE), 0)


def _number(folder: str, seed: str) -> int:
    """How many draws the version takes; 0 where there is none, and it is the exercise itself."""
    try:
        return _versions(folder).of(seed).number
    except NoVersionError:
        return 0


@lru_cache(maxsize=64)
def _asked(folder: str, seed: str, number: int) -> DrawnQuestion:
    versions = _versions(folder)
    exercise = versions.redraw(seed, number) if number else versions.exercise
    solution = Solution(exercise)
    document = Document(solution, blank=True, lettering=lettering_of(exercise, None))
    return DrawnQuestion(document, Checker(solution, style=document.style))


def _row(name: str, verdict: Verdict) -> str:
    cells = (GLYPHS[verdict.verdict], name, verdict.given, verdict.message)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
