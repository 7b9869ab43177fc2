"""A lesson as a state machine: what follows from each line, and that nothing typed breaks it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor.course import LessonSession, load_lesson, shipped_course
from backprop_tutor.course.lesson_events import (
    ExerciseDue,
    LessonEnded,
    LessonLeft,
    Predicted,
    Remarked,
    ScreenShown,
)
from backprop_tutor.course.lesson_state import LessonState

LESSON = load_lesson(shipped_course().lessons[0].path)  # a screen; two guesses; a choice; a screen; exercise
SESSION = LessonSession(LESSON)


def after(*texts: str) -> tuple[LessonState, list[object]]:
    state, happened = SESSION.start()
    for text in texts:
        state, happened = SESSION.handle(state, text)
    return state, list(happened)


def test_enter_goes_on_and_back_goes_back() -> None:
    state, happened = after("")
    assert state.at == 1
    assert isinstance(happened[0], ScreenShown)
    assert after("", "back")[0].at == 0
    assert isinstance(after("back")[1][0], Remarked), "there is nothing before the first screen"


@pytest.mark.parametrize(
    ("text", "choice", "right"),
    [("2", 1, True), ("1", 0, False), ("it falls", 1, True), ("It st", 2, False), ("3.", 2, False)],
)
def test_a_choice_is_meant_by_its_number_or_its_words(text: str, choice: int, right: bool) -> None:
    _, happened = after("", text)
    assert isinstance(happened[0], Predicted)
    assert (happened[0].guess.choice, happened[0].guess.right) == (choice, right)


@pytest.mark.parametrize("text", ["0", "4", "it", "nonsense", "-1", "99999999999999999999"])
def test_what_is_no_choice_costs_nothing(text: str) -> None:
    state, happened = after("", text)
    assert isinstance(happened[0], Remarked)
    assert state.guesses[1] is None


@pytest.mark.parametrize(
    ("text", "right"), [("-18", True), ("-18.0", True), ("-36/2", True), ("-17.955", False), ("18", False)]
)
def test_a_number_is_read_as_an_answer_is(text: str, right: bool) -> None:
    _, happened = after("", "2", "", text)
    assert isinstance(happened[0], Predicted)
    assert happened[0].guess.right is right


def test_a_guess_may_be_declined() -> None:
    for text in ("skip", "idk", "I don't know"):
        _, happened = after("", text)
        assert isinstance(happened[0], Predicted)
        assert not happened[0].guess.right
    assert isinstance(after("", "")[1][0], Remarked), "an empty line is no guess"


def test_the_exercise_is_due_once() -> None:
    state, happened = after("", "2", "", "-18", "", "2", "", "", "")
    assert isinstance(happened[-1], ExerciseDue)
    assert SESSION.waits_for(state) == "exercise"
    left, happened = SESSION.practised(state, stayed=False)
    assert isinstance(happened[0], LessonLeft)
    again, happened = SESSION.start(left)
    assert again.at == state.at
    assert isinstance(happened[-1], ScreenShown)
    again, happened = SESSION.handle(again, "")
    assert isinstance(happened[-1], ExerciseDue)
    state, happened = SESSION.practised(again, stayed=True)
    assert isinstance(happened[0], ScreenShown)
    state, happened = SESSION.handle(state, "back")
    assert SESSION.waits_for(state) == "line", "it is done"


def test_the_end_counts_what_was_right() -> None:
    state, _ = after("", "1", "", "-18", "", "2", "", "", "")
    state, _ = SESSION.practised(state, stayed=True)
    state, _ = SESSION.handle(state, "3")
    state, happened = SESSION.handle(state, "")
    assert happened == [LessonEnded(LESSON, 3, 4)]
    assert SESSION.is_over(state)
    assert SESSION.handle(state, "x") == (state, [])
    assert SESSION.start(state)[0].at == 0, "a finished lesson is read again from its beginning"


def test_map_and_quit_leave() -> None:
    assert after("map")[0].to_map
    state, _ = after("quit")
    assert state.left
    assert not state.to_map


WORDS = ["", "back", "map", "quit", "help", "1", "2", "3", "-18", "skip", "x", "1/0", "((", "\u202e"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=30)), max_size=25))
def test_nothing_typed_breaks_it(texts: list[str]) -> None:
    state, _ = SESSION.start()
    for text in texts:
        before = state
        if SESSION.is_over(state):
            state, _ = SESSION.start(state)
        elif SESSION.waits_for(state) == "exercise":
            state, _ = SESSION.practised(state, stayed=len(text) % 2 == 0)
        else:
            state, happened = SESSION.handle(state, text)
            assert happened
        assert 0 <= state.at <= len(LESSON.screens)
        assert abs(state.at - before.at) <= 1 or before.at == len(LESSON.screens)
        assert [a for a, b in zip(before.guesses, state.guesses, strict=True) if a and a != b] == []
