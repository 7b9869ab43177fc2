"""The session as a pure state machine: a state and a typed text in, the next state and events out.

It reads nothing, writes nothing and knows no time but what it is told.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from backprop_tutor.language.clean import visible
from backprop_tutor.tutor.commands import command, nearest_command
from backprop_tutor.tutor.events import (
    Asked,
    Event,
    Explained,
    Finished,
    Helped,
    Hinted,
    KnownListed,
    Left,
    Marked,
    Opened,
    Skipped,
    Solved,
    Told,
)
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.state import NOT_AN_ANSWER, RIGHT, QuestionRecord, State, Try
from backprop_tutor.tutor.summary import summarize

__all__ = ["MAX_PAUSE", "Judgement", "Session"]

MAX_PAUSE = 900.0  # seconds at one question; whoever stays away longer is not working on it
MAX_TEXT = 20_000  # characters kept of what was typed; no more are read as an answer


class Judgement(Protocol):
    """What the grading says about one answer."""

    @property
    def verdict(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def misconceptions(self) -> Sequence[str]: ...
    @property
    def ambiguous(self) -> bool: ...
    @property
    def echo(self) -> str: ...
    @property
    def place(self) -> tuple[int, int] | None: ...


Mark = Callable[[Question, str, Mapping[str, str]], Judgement]
Moved = tuple[State, list[Event]]


class Session:
    """The questions of one exercise, and how each is marked and hinted.

    `mark(question, text, history)` judges a text; `history` has the student's values of other quantities.
    `hints(question)` is the ladder, whose last rung is the answer. With `retry` a wrong answer is asked
    again, as for a person; without it each text is the answer to the next question. `kept` is an answer as
    the state remembers it. The first `given` questions are known from the start, and not asked.
    """

    def __init__(
        self,
        name: str,
        title: str,
        questions: Sequence[Question],
        mark: Mark,
        hints: Callable[[Question], Sequence[str]],
        *,
        retry: bool = True,
        kept: Callable[[Question, str], str] = lambda question, text: text,
        given: int = 0,
    ) -> None:
        self.name, self.title, self.given = name, title, given
        self.questions = tuple(questions)
        self.mark, self.hints, self.kept = mark, hints, kept
        self.retry = retry
        self._quantities = frozenset(question.quantity for question in questions)

    def start(self, state: State | None = None) -> Moved:
        """The first question, or the one at which a saved state stands."""
        begun = state or State(tuple(QuestionRecord() for _ in self.questions))
        count, done = len(self.questions) - self.given, begun.done - self.given
        opened = Opened(self.name, self.title, count, max(done, 0))
        return begun, [opened, *self._ask(begun)]

    def handle(self, state: State, text: str, seconds: float = 0.0) -> Moved:
        """What follows from `text`, typed `seconds` after the question was asked."""
        if state.is_over:
            return state, []
        state = state._replace(seconds=state.seconds + min(max(seconds, 0.0), MAX_PAUSE))
        question = self.questions[state.at]
        match command(text, self._quantities):
            case "hint":
                return self._hint(state, question)
            case "skip":
                return self._skip(state, question)
            case "back":
                return self._back(state)
            case "why":
                return state, [Explained(question), *self._ask(state)]
            case "show":
                return state, [KnownListed(question), *self._ask(state)]
            case "help":
                return state, [Helped(question), *self._ask(state)]
            case "quit":
                return self.leave(state)
        if not text.strip():
            if not self.retry:
                return self._skip(state, question)
            if state.records[state.at].status != "open":
                return self._skip(state, question)
            return state, [Told("Type an answer, or one of the words below."), *self._ask(state)]
        return self._answer(state, question, text)

    def leave(self, state: State) -> Moved:
        """The student goes: nothing is lost."""
        gone = state._replace(left=True)
        return gone, [Left(summarize(gone))]

    def end(self, state: State) -> Moved:
        """There is no more input."""
        return state, [Finished(summarize(state))]

    def _answer(self, state: State, question: Question, text: str) -> Moved:
        judged = self.mark(question, text, self._history(state))
        text = visible(text)[:MAX_TEXT]
        is_right = judged.verdict in RIGHT
        record = state.records[state.at]
        kept = self.kept(question, text)
        tries = (*record.tries, Try(kept, judged.verdict, tuple(judged.misconceptions), judged.ambiguous))
        goes_on = is_right or not self.retry
        status = "right" if is_right else record.status
        if not is_right and not self.retry and judged.verdict not in NOT_AN_ANSWER:
            status = "wrong"
        state = state.with_record(record._replace(tries=tries, status=status))
        message = judged.message
        if judged.verdict == "invalid" and text.strip().isalpha() and (word := nearest_command(text)):
            message = f"{message} Did you mean the command {word}?"
        marked = Marked(
            question,
            text,
            judged.verdict,
            message,
            tuple(judged.misconceptions),
            judged.ambiguous,
            judged.echo,
            judged.place,
            goes_on,
        )
        if not goes_on:
            return state, [marked, *self._ask(state)]
        own = kept if judged.verdict == "follow-through" else ""
        solved = [Solved(question, shown=False, own=own)] if is_right and self.retry else []
        return self._next(state, [marked, *solved])

    def _hint(self, state: State, question: Question) -> Moved:
        record = state.records[state.at]
        ladder = self.hints(question)
        level = min(record.hints + 1, len(ladder))
        given: list[Event] = [Hinted(question, level, len(ladder), ladder[level - 1])]
        if record.status == "open":
            record = record._replace(hints=level)
        if level < len(ladder):
            state = state.with_record(record)
            return state, [*given, *self._ask(state)]
        if record.status == "open":
            record = record._replace(status="shown")
        return self._next(state.with_record(record), [*given, Solved(question, shown=True)])

    def _skip(self, state: State, question: Question) -> Moved:
        record = state.records[state.at]
        if record.status == "open":
            record = record._replace(status="skipped" if record.answer is None else "wrong")
        answer = record.answer if record.status in ("right", "wrong") else None
        skipped = [] if record.status == "shown" else [Skipped(question, answer or "")]
        return self._next(state.with_record(record), skipped)

    def _back(self, state: State) -> Moved:
        if state.at <= self.given:
            return state, [Told("This is the first question."), *self._ask(state)]
        state = state._replace(at=state.at - 1)
        return state, self._ask(state)

    def _next(self, state: State, events: Sequence[Event]) -> Moved:
        """On to the next open question, after the last one to the first that was left open before."""
        places = [*range(state.at + 1, len(state.records)), *(range(state.at) if self.retry else ())]
        at = next((n for n in places if state.records[n].status == "open"), len(state.records))
        state = state._replace(at=at)
        return state, [*events, *(self._ask(state) or [Finished(summarize(state))])]

    def _ask(self, state: State) -> list[Event]:
        if state.is_over:
            return []
        question = self.questions[state.at]
        asked = enumerate(self.questions[self.given :], self.given)
        phase = [n for n, other in asked if other.phase == question.phase]
        step, steps = phase.index(state.at) + 1, len(phase)
        given = state.records[state.at].standing or Try("", "")
        number, count = state.at + 1 - self.given, len(self.questions) - self.given
        return [Asked(question, number, count, step, steps, given.text, given.verdict)]

    def _history(self, state: State) -> dict[str, str]:
        """The student's own values of the other quantities; what was shown is known to them as it is."""
        return {
            question.target: record.answer
            for n, (question, record) in enumerate(zip(self.questions, state.records, strict=True))
            if n != state.at and question.part == "value" and record.status != "shown" and record.answer
        }
