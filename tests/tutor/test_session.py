"""The session as a state machine: what follows from each text, and what no text can break."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor.errors import UsageError
from backprop_tutor.language.expr import Sym
from backprop_tutor.tutor.commands import WORDS, command
from backprop_tutor.tutor.events import (
    Asked,
    Event,
    Explained,
    Filled,
    Finished,
    Guessed,
    Hinted,
    Left,
    Marked,
    Skipped,
    Solved,
    Told,
    Tried,
)
from backprop_tutor.tutor.nudge import Nudge
from backprop_tutor.tutor.predictions import Prediction
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import MAX_PAUSE, Session
from backprop_tutor.tutor.state import QuestionRecord, State, Try
from backprop_tutor.tutor.summary import summarize

LADDER = ("rule", "symbols", "numbers", "answer")


@dataclass(frozen=True)
class Judged:
    verdict: str
    message: str = ""
    misconceptions: tuple[str, ...] = ()
    ambiguous: bool = False
    echo: str = ""
    place: tuple[int, int] | None = None
    climbs: tuple[str, ...] = ()
    entries: Mapping[str, Try] = field(default_factory=dict)


def question(name: str, phase: str = "forward") -> Question:
    return Question(name, name, (), phase, Sym(name))


QUESTIONS = [question("a"), question("q"), question("c", "loss"), question("dJ/da", "backward")]


def mark(question: Question, text: str, history: Mapping[str, str]) -> Judged:
    """`1` is right, `x…` cannot be read, `u…` cannot be decided; 2 follows from an earlier 9."""
    if text.startswith(("x", "u")):
        return Judged("invalid" if text.startswith("x") else "undecided")
    if text == "2" and "9" in history.values():
        return Judged("follow-through")
    return Judged("correct") if text == "1" else Judged("wrong", "No.", ("sign-flipped",))


def session(*, retry: bool = True) -> Session:
    return Session("e", "An exercise", QUESTIONS, mark, lambda _: LADDER, retry=retry)


def play(*texts: str, retry: bool = True) -> tuple[State, list[Event]]:
    """The state after all of `texts`, and the events of the last one."""
    tutor = session(retry=retry)
    state, events = tutor.start()
    for text in texts:
        state, events = tutor.handle(state, text)
    return state, events


def asked(events: list[Event]) -> str:
    return next((event.question.target for event in events if isinstance(event, Asked)), "")


def test_a_right_answer_leads_on() -> None:
    state, events = play("1")
    assert [type(event) for event in events] == [Marked, Solved, Asked]
    assert asked(events) == "q"
    assert (state.at, state.done) == (1, 1)


def test_a_wrong_answer_is_asked_again_and_kept() -> None:
    state, events = play("9", "1")
    assert asked(events) == "q"
    assert [t.text for t in state.records[0].tries] == ["9", "1"]
    assert state.records[0].outcome == "after another try"


def test_a_wrong_answer_after_a_right_one_changes_nothing() -> None:
    state, events = play("1", "back", "9", "skip")
    assert [event for event in events if isinstance(event, Skipped)] == [Skipped(QUESTIONS[0], "1")]
    record = state.records[0]
    assert (record.status, record.answer, record.outcome) == ("right", "1", "at once")
    assert summarize(state).follow_through == 0


@pytest.mark.parametrize("text", ["", "next", "skip"])
def test_after_going_back_one_goes_on_without_answering_again(text: str) -> None:
    state, events = play("1", "back", text)
    assert asked(events) == "q"
    assert state.records[0].outcome == "at once"


def test_a_mistyped_command_is_recognised() -> None:
    tutor = Session("e", "t", QUESTIONS, lambda *_: Judged("invalid", "What?"), lambda _: LADDER)
    for text, said in (
        ("hnit", "the command hint?"),
        ("nxt", "next?"),
        ("zzz", "What?"),
        ("2 hint", "What?"),
    ):
        _, events = tutor.handle(tutor.start()[0], text)
        (marked,) = [event for event in events if isinstance(event, Marked)]
        assert marked.message.endswith(said)


def test_without_retry_each_text_answers_the_next_question() -> None:
    state, events = play("9", "xyz", "", "1", retry=False)
    assert [record.outcome for record in state.records] == ["wrong", "unanswered", "skipped", "at once"]
    assert isinstance(events[-1], Finished)
    assert not state.is_complete


def test_what_cannot_be_read_or_decided_costs_nothing() -> None:
    state, _ = play("x", "u", "1")
    assert state.records[0].outcome == "at once"


def test_an_earlier_slip_is_handed_to_the_marking_of_later_answers() -> None:
    state, events = play("9", "skip", "2")
    assert isinstance(events[0], Marked)
    assert events[0].verdict == "follow-through"
    assert [record.status for record in state.records[:2]] == ["wrong", "right"]
    assert summarize(state).follow_through == 1


def test_a_shown_answer_is_no_longer_the_students_own() -> None:
    _, events = play("9", "hint", "hint", "hint", "hint", "2")
    assert isinstance(events[0], Marked)
    assert events[0].verdict == "wrong"


def test_hints_climb_a_ladder_whose_last_rung_is_the_answer() -> None:
    tutor = session()
    state, _ = tutor.start()
    seen = []
    for _ in LADDER:
        state, events = tutor.handle(state, "hint")
        assert isinstance(events[0], Hinted)
        seen.append(events[0].text)
    assert tuple(seen) == LADDER
    assert state.records[0].status == "shown"
    assert state.at == 1


def test_an_answer_after_a_hint_counts_as_helped() -> None:
    state, _ = play("hint", "1")
    assert state.records[0].outcome == "after hints"


def test_back_goes_to_the_question_before_and_answering_returns() -> None:
    state, events = play("1", "1", "back")
    assert asked(events) == "q"
    assert isinstance(events[0], Asked)
    assert (events[0].before, events[0].verdict) == ("1", "correct")
    tutor = session()
    state, events = tutor.handle(state, "1")
    assert asked(events) == "c"


def test_back_at_the_first_question_says_so() -> None:
    state, events = play("back")
    assert isinstance(events[0], Told)
    assert state.at == 0


def test_skipping_a_settled_question_does_not_unsettle_it() -> None:
    state, _ = play("1", "back", "skip")
    assert state.records[0].status == "right"
    assert state.at == 1


def test_quit_leaves_everything_in_place() -> None:
    state, events = play("1", "quit")
    assert isinstance(events[-1], Left)
    assert state.left
    assert session().handle(state, "1") == (state, [])


def test_a_session_goes_on_with_skipped_and_wrong_questions() -> None:
    state, _ = play("1", "skip", "9", "skip", "1")
    again = state.reopened()
    assert again.at == 1
    assert [record.status for record in again.records] == ["right", "open", "open", "right"]
    state, events = session().start(again)
    assert asked(events) == "q"
    assert state.done == 2


def test_questions_left_open_before_are_asked_after_the_last() -> None:
    state, _ = session().start()
    state, events = session().handle(state._replace(at=3), "1")
    assert asked(events) == "a"
    assert state.at == 0


@pytest.mark.parametrize("word", [word for word in WORDS if word != "try"])
def test_words_are_known_in_any_case_and_after_a_colon(word: str) -> None:
    assert command(f" {word.upper()} ") == word
    assert command(f":{word}") == word


def test_a_letter_that_is_a_quantity_is_no_command() -> None:
    assert command("q", {"q"}) is None
    assert command("q", {"f"}) == "quit"
    state, events = play("q")  # the exercise has a quantity called q
    assert isinstance(events[0], Marked)
    assert not state.left


def test_time_is_counted_without_long_pauses() -> None:
    tutor = session()
    state, _ = tutor.start()
    state, _ = tutor.handle(state, "1", 10)
    state, _ = tutor.handle(state, "1", 1e9)
    state, _ = tutor.handle(state, "1", -5)
    assert state.seconds == 10 + MAX_PAUSE


TEXTS = st.one_of(
    st.sampled_from([*WORDS, "1", "2", "9", "x", "u", "", " ", "h", "b", "s"]).filter(lambda w: w != "quit"),
    st.text(max_size=20),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=40), st.booleans())
def test_no_texts_break_a_session(texts: list[str], retry: bool) -> None:
    tutor = session(retry=retry)
    state, events = tutor.start()
    for text in texts:
        before = state
        state, events = tutor.handle(state, text, 1.0)
        assert 0 <= state.at <= len(QUESTIONS)
        assert len(state.records) == len(QUESTIONS)
        if before.is_over:
            assert (state, events) == (before, [])
            continue
        assert events, "something is always said"
        ends = isinstance(events[-1], Asked | Finished | Left)
        assert ends, "either a question or the end comes last"
        assert state.is_over == (not isinstance(events[-1], Asked))
        for was, now in zip(before.records, state.records, strict=True):
            assert now.hints >= was.hints
            assert len(now.tries) >= len(was.tries)
            assert not (was.status in ("right", "shown") and now.status in ("open", "skipped"))
    counts = summarize(state).counts
    assert sum(counts.values()) == len(QUESTIONS)


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, max_size=30))
def test_back_undoes_nothing(texts: list[str]) -> None:
    tutor = session()
    state, _ = tutor.start()
    for text in texts:
        state, _ = tutor.handle(state, text)
    if state.is_over:
        return
    after, _ = tutor.handle(state, "back")
    assert after.records == state.records
    assert after.at == max(state.at - 1, 0)


def test_skipping_everything_ends() -> None:
    state, events = play(*["skip"] * len(QUESTIONS))
    assert isinstance(events[0], Skipped)
    assert isinstance(events[-1], Finished)
    assert events[-1].summary.counts["skipped"] == len(QUESTIONS)
    assert state.is_over


def array_session(right: int = 2) -> tuple[Session, State]:
    """Four elements of one array and two of another of the same kind, of which `right` are answered."""
    names = [("v", 0), ("v", 1), ("w", 0), ("w", 1), ("w", 2), ("w", 3)]
    sizes = {"v": 2, "w": 4}
    questions = [
        Question(f"{q}[{i + 1}]", q, (i,), "forward", Sym(q), kind="sum", size=sizes[q]) for q, i in names
    ]

    def judge(question: Question, text: str, history: Mapping[str, str]) -> Judged:
        if text.startswith("["):
            names = (f"{question.quantity}[{number}]" for number in range(1, 5))
            given = zip(names, text[1:-1].split(), strict=False)
            tries = {name: Try(value, "correct" if value == "1" else "wrong") for name, value in given}
            worst = "correct" if all(one.is_right for one in tries.values()) else "wrong"
            return Judged(worst, entries=tries)
        return Judged("invalid") if question.place is None else mark(question, text, history)

    tutor = Session("e", "t", questions, judge, lambda _: LADDER)
    state, _ = tutor.start()
    for _ in range(right):
        state, _ = tutor.handle(state, "1")
    return tutor, state


def test_a_whole_array_answers_all_its_elements() -> None:
    tutor, state = array_session(0)
    state, events = tutor.handle(state, "[1 1]")
    assert isinstance(events[1], Solved)
    assert events[1].question.target == "v"
    assert asked(events) == "w"
    assert [record.status for record in state.records[:3]] == ["right", "right", "open"]


def test_of_an_array_the_wrong_elements_are_asked_again() -> None:
    tutor, state = array_session(0)
    state, events = tutor.handle(state, "[1 5]")
    assert asked(events) == "v[2]"
    assert [record.status for record in state.records[:2]] == ["right", "open"]


def test_after_two_right_answers_of_a_kind_the_rest_is_one_question() -> None:
    tutor, state = array_session(1)
    assert tutor.on(state).target == "v[2]", "nothing is left to ask together"
    tutor, state = array_session(2)
    assert tutor.on(state).target == "w"
    after, events = tutor.handle(state, "[1 1 1 1]")
    assert isinstance(events[-1], Finished)
    assert after.is_complete
    after, events = tutor.handle(state, "1")
    assert tutor.on(after).target == "w", "one number answers the first"
    assert after.records[2].status == "right"


def test_the_rest_may_be_filled_in_as_known() -> None:
    tutor, state = array_session(1)
    same, events = tutor.handle(state, "fill")
    assert (same.records, asked(events)) == (state.records, "v[2]")
    tutor, state = array_session(2)
    state, events = tutor.handle(state, "fill")
    assert isinstance(events[0], Filled)
    assert events[0].filled == 4
    assert state.is_complete
    assert summarize(state).counts["filled in"] == 4


def test_hints_and_skips_go_to_the_whole_rest() -> None:
    tutor, state = array_session(2)
    for _ in LADDER:
        state, _ = tutor.handle(state, "idk")
    assert {record.status for record in state.records[2:]} == {"shown"}
    tutor, state = array_session(2)
    state, _ = tutor.handle(state, "skip")
    assert {record.status for record in state.records[2:]} == {"skipped"}


def test_messages_of_wrong_answers_climb() -> None:
    judged = Judged("wrong", "formula", climbs=("where", "slip", "formula"))
    tutor = Session("e", "t", QUESTIONS, lambda *_: judged, lambda _: LADDER)
    state, _ = tutor.start()
    said = []
    for _ in range(4):
        state, events = tutor.handle(state, "9")
        assert isinstance(events[0], Marked)
        said.append(events[0].message)
    assert said == ["where", "slip", "formula", "formula"]


def test_why_goes_from_numbers_to_letters_to_indices_and_begins_again() -> None:
    forms = ("in numbers", "in letters", "for any element")
    tutor = Session("e", "An exercise", QUESTIONS, mark, lambda _: LADDER, forms=lambda _: forms)
    state, _ = tutor.start()
    levels = []
    for _ in range(4):
        state, events = tutor.handle(state, "why")
        assert isinstance(events[0], Explained)
        levels.append(events[0].level)
    assert levels == [1, 2, 3, 1]
    state, _ = tutor.handle(state, "1")
    _, events = tutor.handle(state, "why")
    assert isinstance(events[0], Explained)
    assert events[0].level == 1


PREDICTION = Prediction("rises or falls?", ("rises", "falls"), "falls", "It falls.")


def test_a_prediction_costs_nothing_and_is_asked_once() -> None:
    tutor = Session("e", "t", QUESTIONS, mark, lambda _: LADDER, guess=lambda question: PREDICTION)
    state, events = tutor.start()
    assert isinstance(events[-1], Asked)
    assert events[-1].prediction == PREDICTION
    state, events = tutor.handle(state, "ris")
    assert isinstance(events[0], Guessed)
    assert not events[0].right
    assert isinstance(events[1], Asked)
    assert events[1].prediction is None
    assert state.records[0] == QuestionRecord()
    state, events = tutor.handle(state, "1")
    assert isinstance(events[0], Marked), "an answer needs no prediction"


NUDGE = Nudge("a", "dJ/da", 1.0, 1.01, 2.0, 2.02, 2.0)


def nudged(name: str, value: str) -> Nudge:
    if not value:
        raise UsageError("Which number?")
    return NUDGE


def test_what_is_tried_shows_the_change_beside_the_promise() -> None:
    tutor = Session("e", "t", QUESTIONS, mark, lambda _: LADDER, nudge=nudged)
    state, _ = tutor.start(State((QuestionRecord(),) * 4, at=3))
    state, events = tutor.handle(state, "try a = 1.01")
    assert isinstance(events[0], Tried)
    assert events[0].nudge.change == pytest.approx(0.02)
    assert events[0].nudge.promise == pytest.approx(0.02)
    assert state.records[3].hints == 1, "it shows what is asked"
    _, events = tutor.handle(state, "try")
    assert isinstance(events[0], Told)


@pytest.mark.parametrize("text", ["idk", "I don't know", "no idea", "?! dunno".strip("?! ")])
def test_who_does_not_know_gets_a_hint(text: str) -> None:
    _, events = play(text)
    assert isinstance(events[0], Hinted)
