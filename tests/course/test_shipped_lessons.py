"""The lessons that are shipped: their answers by hand, their screens within the window, their exercises."""

from collections import Counter

import pytest
from rich.console import Console

from backprop_tutor.course import LessonHead, load_lesson, shipped_course
from backprop_tutor.course.lesson import Lesson
from backprop_tutor.course.lesson_events import Predicted, ScreenShown
from backprop_tutor.course.lesson_session import LessonSession
from backprop_tutor.course.lesson_state import Guess
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.lesson_terminal import LessonPlain, LessonTerminal

COURSE = shipped_course()
LESSONS = [head.name for head in COURSE.lessons]

BY_HAND = {  # the right answer of each prediction, worked out on paper
    "one-weight": [
        "2",  # ½ (3·2.01 - 12)² = 17.82045 < 18
        "-18",  # (6 - 12)·3
        "2",  # uphill is to the left
        "3",  # w = 2 + 1.8, ½ (11.4 - 12)² = 0.18
    ],
    "a-chain": ["3", "2", "0"],  # 3·1·4 = 12; at a = 4/3, q = 0
    "two-paths": ["4", "3", "5"],  # x + 2a = 2 + 2; x-b, x-a-b, x-a-c; 4 + a
    "a-neuron": ["1", "-4", "0"],  # -4·3 < -4·2; 5 - 9; delta · 0
    "why-backwards": ["15", "8", "24", "10"],  # 4+4+4+2 + 1; 2·2·2; (2+4+4) + 14; 1000/100
    "a-layer": ["9", "0", "7"],  # 3·3; 0·3; 2·3 + (-1)·(-1)
    "training-set": ["2", "3", "-5"],  # all z < t; |-3/2·2| is the largest; -1/2 - 3/2 - 3
    "what-dies": ["2", "1", "2", "0.32"],  # 4⁵/4⁵; net2[2] = -12/5 < 0; 16/5·1/10
    "softmax": ["3", "0", "3", "0"],  # e^1 cancels; -ln 1; z - t < 0 only where t = 1; 1 - 1
    "the-update": ["2", "10", "3"],  # ½ (3·7.4 - 12)² = 52.02; 1/(1 - 0.9); g/|g|
    "sequences": ["4", "4", "88"],  # 8/2; 2²; 2·4 + 4·8 + 8·6
    "images": ["6", "3", "1.5"],  # 0 - 1 + 6 + 1; 6/2; 3·2 + 3·0 + 0·1 - 3/2·3
}


@pytest.fixture(scope="module")
def lessons() -> dict[str, Lesson]:
    return {head.name: load_lesson(head.path) for head in COURSE.lessons}


@pytest.mark.parametrize("name", LESSONS)
def test_each_prediction_has_the_answer_that_paper_gives(name: str, lessons: dict[str, Lesson]) -> None:
    found = [s.prediction.answer_text for s in lessons[name].screens if s.prediction]
    assert found == BY_HAND[name]


@pytest.mark.parametrize("name", LESSONS)
def test_no_number_is_written_down(name: str, lessons: dict[str, Lesson]) -> None:
    assert list(lessons[name].remarks) == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_short_and_has_all_its_parts(name: str, lessons: dict[str, Lesson]) -> None:
    lesson = lessons[name]
    assert 5 <= len(lesson.screens) <= 7
    assert lesson.question.endswith(("?", "."))
    assert "?" in lesson.question
    assert lesson.predictions >= 3
    assert any(screen.picture for screen in lesson.screens)
    (exercise,) = [screen for screen in lesson.screens if screen.ask]
    assert len(exercise.ask) <= 5


def test_the_right_answer_stands_in_different_places(lessons: dict[str, Lesson]) -> None:
    predictions = [s.prediction for lesson in lessons.values() for s in lesson.screens if s.prediction]
    places = Counter(prediction.right for prediction in predictions if prediction.choices)
    assert len(places) >= 3
    assert max(places.values()) <= sum(places.values()) * 0.6


def test_every_shipped_exercise_has_its_place_in_the_course() -> None:
    assert sorted(COURSE.lesson_of) == sorted(shipped_names())


def test_a_lesson_goes_on_with_exercises_of_its_own() -> None:
    named = [name for head in COURSE.lessons for name in (head.exercise, *head.further)]
    assert [name for name, times in Counter([*named, *COURSE.further]).items() if times > 1] == []


def painted(lesson: Lesson, columns: int, rows: int, encoding: str) -> list[tuple[int, list[str]]]:
    """Every screen with its number, and after it the longest that is said of an answer."""
    console = Console(width=columns, height=rows, markup=False, emoji=False, highlight=False)
    painter = TerminalPainter(console, style_for(encoding))
    terminal = LessonTerminal(painter, 1, console.clear, lambda: None)
    found = []
    for number, screen in enumerate(lesson.screens, 1):
        event = ScreenShown(lesson, screen, number, len(lesson.screens))
        shown = ["".join(piece.text for piece in row) for row in terminal.screen(event)]
        found.append((number, shown))
    return found


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (50, 20), (160, 50)])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_every_screen_fits_its_window(
    name: str, columns: int, rows: int, encoding: str, lessons: dict[str, Lesson]
) -> None:
    for number, lines in painted(lessons[name], columns, rows, encoding):
        assert len(lines) <= rows - 2, (number, len(lines))
        assert max(map(display_width, lines)) <= columns, number
        if encoding == "ascii":
            assert "\n".join(lines).isascii(), number


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (50, 20)])
def test_the_question_stays_in_sight_when_it_is_answered(
    name: str, columns: int, rows: int, lessons: dict[str, Lesson], capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = lessons[name]
    console = Console(width=columns, height=rows, markup=False, emoji=False, highlight=False)
    windows: list[int] = []

    def clear() -> None:
        windows.append(len(capsys.readouterr().out))

    terminal = LessonTerminal(TerminalPainter(console, style_for()), 1, clear, lambda: None)
    for number, screen in enumerate(lesson.screens, 1):
        if screen.prediction is None:
            continue
        wrong = [n for n in range(len(screen.prediction.choices)) if n != screen.prediction.right]
        for guess in [Guess(), *(Guess(str(n + 1), n) for n in wrong)]:
            terminal.paint([ScreenShown(lesson, screen, number, len(lesson.screens))])
            terminal.prompt("guess")
            terminal.paint([Predicted(screen.prediction, guess)])
            lines = capsys.readouterr().out.splitlines()
            assert len(lines) <= rows - 2, (number, guess, lines)


@pytest.mark.parametrize("name", LESSONS)
def test_the_plain_lines_hold_every_picture(
    name: str, lessons: dict[str, Lesson], capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = lessons[name]
    plain = LessonPlain(style_for("ascii"), 1)
    for number, screen in enumerate(lesson.screens, 1):
        plain.paint([ScreenShown(lesson, screen, number, len(lesson.screens))])
        out = capsys.readouterr().out
        assert out.isascii()
        if screen.picture:
            assert "picture: " in out or " = " in out, number


@pytest.mark.parametrize("head", COURSE.lessons, ids=LESSONS)
def test_a_learner_who_is_right_reaches_the_end(head: LessonHead, lessons: dict[str, Lesson]) -> None:
    lesson = lessons[head.name]
    session = LessonSession(lesson)
    state, _ = session.start()
    while not session.is_over(state):
        match session.waits_for(state):
            case "guess":
                prediction = lesson.screens[state.at].prediction
                assert prediction
                state, happened = session.handle(state, prediction.answer_text)
                assert isinstance(happened[0], Predicted)
                assert happened[0].guess.right
            case "exercise":
                state, _ = session.practised(state, stayed=True)
            case "line":
                state, _ = session.handle(state, "")
    assert state.right == lesson.predictions
