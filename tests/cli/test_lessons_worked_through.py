"""Every shipped lesson from its first screen to its last, its exercise among them, with the right answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backprop_tutor.cli.lesson_run import Teaching
from backprop_tutor.course import LessonHead, LessonStore, shipped_course
from backprop_tutor.course.lesson import Screen
from backprop_tutor.render.screens.lesson_terminal import LessonPlain
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.walkthrough.numbers import in_full

COURSE = shipped_course()


def answers(screen: Screen) -> Iterator[str]:
    """What a learner who makes no slip types for the exercise of a screen."""
    solution = screen.solution
    for question in questions_of(solution, screen.ask):
        value, exact = solution.value(question.quantity), solution.exact(question.quantity)
        if question.place is None:
            rows = value.reshape(-1, value.shape[-1]).tolist()
            yield f"[{'; '.join(', '.join(map(repr, row)) for row in rows)}]"
        else:
            place = question.place
            yield in_full(float(value[place]), None if exact is None else exact[place])


@pytest.mark.parametrize("head", COURSE.lessons, ids=[head.name for head in COURSE.lessons])
def test_a_lesson_can_be_worked_through(
    head: LessonHead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKPROP_TUTOR_STATE", str(tmp_path))
    store = LessonStore(tmp_path)
    lesson = Teaching(COURSE, head, store, LessonPlain)
    lesson.begin()
    while waiting := lesson.waits_for:
        screen = lesson.lesson.screens[lesson.state.at]
        if waiting == "exercise":
            assert lesson.exercise(answers(screen)) == 0, capsys.readouterr().out
        elif waiting == "guess":
            assert screen.prediction
            assert lesson.take(screen.prediction.answer_text)
        else:
            lesson.take("")
    progress = store.progress(COURSE, head)
    assert progress
    assert progress.done
    assert f"Lesson {head.number} is done" in capsys.readouterr().out


@pytest.mark.parametrize("notation", ["nielsen", "bishop"])
@pytest.mark.parametrize("head", COURSE.lessons[:4], ids=[head.name for head in COURSE.lessons[:4]])
def test_a_lesson_is_read_in_the_letters_of_a_course(
    head: LessonHead, notation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Teaching(COURSE, head, LessonStore(tmp_path), LessonPlain, notation=notation).read_out()
    assert f"Lesson {head.number} is done" in capsys.readouterr().out
