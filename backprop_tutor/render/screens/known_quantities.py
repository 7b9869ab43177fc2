"""What a student knows at one moment of a session: what is given, and what they have found."""

from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.language import Style
from backprop_tutor.language.expr import leaves, name_of
from backprop_tutor.render.pictures.captions import InSight
from backprop_tutor.render.wording import quantity_text, shape_text
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.state import QuestionRecord, State

__all__ = ["Known", "in_sight", "known", "own_answer"]

Texts = np.ndarray[tuple[int, ...], np.dtype[np.object_]]

MAX_SHOWN = 64  # elements of an array that is written out
MAX_TEXT = 24  # columns of a student's own formula


class Known(NamedTuple):
    """One quantity with its values; `needed` by the step that is on, `found` by the student."""

    name: str
    text: str
    needed: bool
    found: bool


def known(
    steps: Steps, questions: tuple[Question, ...], state: State, *, everything: bool = False
) -> list[Known]:
    """What is given and what has been answered. What the question that is on needs comes first; leaves
    that it does not need are left out, unless `everything` is wanted."""
    solution, style = steps.solution, steps.style
    uses: set[str] = set()
    if state.at < len(questions):
        uses.update(steps.needed(questions[state.at]))
    found = []
    for node in solution.graph.nodes.values():
        if node.role in ("given", "parameter") and (everything or node.name in uses):
            text = _given(steps, node.name, style)
            name = quantity_text(node.name, style)
            found.append(Known(name, text, node.name in uses, found=False))
    for name in uses:
        if name in solution.steps and steps.is_told(name):
            found.append(
                Known(quantity_text(name, style), _given(steps, name, style), needed=True, found=False)
            )
    rate = solution.rate
    if rate is not None:
        used = _letters(steps, questions[state.at]) if _is_update(questions, state) else set()
        for letter in rate.numbers:
            if everything or letter in used:
                found.append(
                    Known(quantity_text(letter, style), str(rate.numbers[letter]), True, found=False)
                )
    answered = _answered(questions, state)
    for quantity in dict.fromkeys(question.quantity for question in questions):
        if quantity in uses and quantity not in answered:
            found.append(Known(quantity_text(quantity, style), "?", needed=True, found=False))
    for quantity, answers in answered.items():
        text = style.spell(_student(steps, quantity, answers))
        found.append(Known(quantity_text(quantity, style), text, quantity in uses, found=True))
    return found if everything else sorted(found, key=lambda item: not item.needed)


def in_sight(steps: Steps, questions: tuple[Question, ...], state: State) -> InSight:
    """What a picture shows of a session: the elements that were found or shown, with the student's own where
    an earlier slip made it another, and what nobody asked of that they follow from."""
    solution = steps.solution
    whole: set[str] = set()
    elements: dict[tuple[str, tuple[int, ...]], str | None] = {}
    for question, record in zip(questions, state.records, strict=True):
        if question.part != "value" or record.status not in ("right", "shown"):
            continue
        own = own_answer(steps, question, record) or None
        if question.place is not None:
            elements[question.quantity, question.place] = own
        elif own is None:
            whole.add(question.quantity)
    found = {(quantity, index) for (quantity, index), own in elements.items() if own is None}
    for quantity in dict.fromkeys(quantity for quantity, _ in found):
        if all((quantity, index) in found for index in np.ndindex(solution.shapes[quantity])):
            whole.add(quantity)
    waiting = [*whole]
    while waiting:
        step = solution.step(waiting.pop())
        behind = [name for name in step.uses if name not in steps.asked | whole] if step else []
        whole.update(behind)
        waiting += behind
    return InSight(frozenset(whole), elements)


def _letters(steps: Steps, question: Question) -> set[str]:
    """The settings of an update in the formula of a question, and in those of what nobody asks in it."""
    solution = steps.solution
    behind = [solution.steps.get(name) for name in steps.step(question).uses if name not in steps.asked]
    forms = [step.form for step in (steps.step(question), *behind) if step is not None]
    return {name_of(leaf) for form in forms if form is not None for leaf in leaves(form)}


def _is_update(questions: tuple[Question, ...], state: State) -> bool:
    return state.at < len(questions) and questions[state.at].phase == "update"


def _answered(
    questions: tuple[Question, ...], state: State
) -> dict[str, list[tuple[Question, QuestionRecord]]]:
    """The settled questions by quantity."""
    found: dict[str, list[tuple[Question, QuestionRecord]]] = {}
    for question, record in zip(questions, state.records, strict=True):
        if question.part == "value" and (record.status in ("right", "shown") or record.answer):
            found.setdefault(question.quantity, []).append((question, record))
    return found


def _given(steps: Steps, name: str, style: Style) -> str:
    node = steps.solution.quantities[name]
    if node.size > MAX_SHOWN:
        return f"({shape_text(steps.workings.shape(name), style)})"
    return _nested(_laid_out(steps, name, _texts(steps, name)), single=node.batched and node.shape[0] == 1)


def _laid_out(steps: Steps, name: str, texts: Texts) -> Texts:
    """With several examples as columns, where they are."""
    return texts.T if steps.lettering.turned(name) and len(texts) > 1 else texts


def _texts(steps: Steps, name: str) -> Texts:
    floats, exact = steps.solution.value(name), steps.solution.exact(name)
    texts = np.empty(floats.shape, dtype=object)
    for index in np.ndindex(floats.shape):
        texts[index] = steps.workings.text(float(floats[index]), None if exact is None else exact[index])
    return texts


def _student(steps: Steps, quantity: str, answers: list[tuple[Question, QuestionRecord]]) -> str:
    """The values found; the student's own, with a question mark, where they are not right."""
    node = steps.step(answers[0][0]).node
    if len(answers) == 1 and answers[0][0].place is None:
        question, record = answers[0]
        return own_answer(steps, question, record) or _given(steps, quantity, steps.style)
    values = [(question.place or (), own_answer(steps, question, record) or steps.sides(question).value)
              for question, record in answers]  # fmt: skip
    if node.size > MAX_SHOWN:
        return ", ".join(f"[{','.join(str(i + 1) for i in index)}] {text}" for index, text in values)
    texts = np.full(node.shape, "?", dtype=object)
    for index, text in values:
        texts[index] = text
    return _nested(_laid_out(steps, quantity, texts), single=node.batched and node.shape[0] == 1)


def own_answer(steps: Steps, question: Question, record: QuestionRecord) -> str:
    """The student's own answer where it differs from the true value."""
    given = record.standing
    if record.status == "shown" or given is None or given.verdict == "correct":
        return ""
    text = steps.answer(question, given.text)
    more = "…" if steps.style.glyphs.scripts else "..."
    shown = text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}{more}"
    return f"{shown}{'?' if given.verdict == 'wrong' else ''}"


def _nested(texts: Texts, *, single: bool) -> str:
    """`[1, 0]`, `[[1, 0], [-1, 1]]`; one example goes without its brackets."""
    if texts.size == 1:
        return str(texts.flat[0])
    if single:
        texts = texts[0]
    return _bracketed(texts.tolist())


def _bracketed(texts: list[Any] | str) -> str:
    return texts if isinstance(texts, str) else f"[{', '.join(map(_bracketed, texts))}]"
