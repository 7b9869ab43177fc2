"""The session as a pure state machine: a state and a typed text in, the next state and events out.

It reads nothing, writes nothing and knows no time but what it is told.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.language.clean import visible
from backprop_tutor.language.expr import Sym
from backprop_tutor.tutor.commands import Attempt, attempt, command, nearest_command
from backprop_tutor.tutor.events import (
    Asked,
    Event,
    Explained,
    Filled,
    Finished,
    Guessed,
    Helped,
    Hinted,
    KnownListed,
    Left,
    Marked,
    Opened,
    Skipped,
    Solved,
    Told,
    Tried,
)
from backprop_tutor.tutor.nudge import Nudge
from backprop_tutor.tutor.predictions import Prediction
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.state import NOT_AN_ANSWER, QuestionRecord, State, Try
from backprop_tutor.tutor.summary import summarize

__all__ = ["MAX_PAUSE", "Among", "Judgement", "Session"]

MAX_PAUSE = 900.0  # seconds at one question; whoever stays away longer is not working on it
MAX_TEXT = 20_000  # characters kept of what was typed; no more are read as an answer
PRACTISED = 2  # right answers of a kind, after which the rest of an array is one question


class Among(NamedTuple):
    """So many questions come `before`, and so many are asked `in_all`: None where nobody knows how many."""

    before: int
    in_all: int | None


class Judgement(Protocol):
    """What the grading says about one answer. `climbs` are messages that say more and more, for one wrong
    try after the other, the last of them `message`; `entries` are the verdicts on single elements, where an
    array was typed."""

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
    @property
    def climbs(self) -> Sequence[str]: ...
    @property
    def entries(self) -> Mapping[str, Try]: ...


Mark = Callable[[Question, str, Mapping[str, str]], Judgement]
Moved = tuple[State, list[Event]]


class Session:
    """The questions of one exercise, and how each is marked and hinted.

    `mark(question, text, history)` judges a text; `history` has the student's values of other quantities.
    `hints(question)` is the ladder, whose last rung is the answer, and `forms(question)` the ways in which it
    can be said why, as far as they differ. With `retry` a wrong answer is asked
    again, as for a person; without it each text is the answer to the next question. `kept` is an answer as
    the state remembers it. `guess(question)` is what may be predicted before it is worked out, and
    `nudge(name, value)` what the loss does when a number is changed, or an error that says why that cannot
    be tried. The first `given` questions are known from the start, and not asked. `among` says
    where its questions stand among those of several sessions in a row.
    """

    def __init__(
        self,
        name: str,
        title: str,
        questions: Sequence[Question],
        mark: Mark,
        hints: Callable[[Question], Sequence[str]],
        *,
        forms: Callable[[Question], Sequence[str]] = lambda question: ("in numbers",),
        retry: bool = True,
        kept: Callable[[Question, str], str] = lambda question, text: text,
        guess: Callable[[Question], Prediction | None] = lambda question: None,
        nudge: Callable[[str, str], Nudge] | None = None,
        given: int = 0,
        among: Among | None = None,
    ) -> None:
        self.name, self.title, self.given = name, title, given
        self.among = among or Among(0, len(questions) - given)
        self.questions = tuple(questions)
        self.mark, self.hints, self.forms, self.kept = mark, hints, forms, kept
        self.guess, self.nudge = guess, nudge
        self.retry = retry
        self._quantities = frozenset(question.quantity for question in questions)
        self._elements: dict[str, list[int]] = {}  # where the elements of each quantity are asked
        for place, question in enumerate(self.questions):
            if question.part == "value" and question.place is not None:
                self._elements.setdefault(question.quantity, []).append(place)

    def start(self, state: State | None = None) -> Moved:
        """The first question, or the one at which a saved state stands."""
        begun = state or State(tuple(QuestionRecord() for _ in self.questions))
        count, done = len(self.questions) - self.given, begun.done - self.given
        opened = Opened(self.name, self.title, count, max(done, 0))
        return begun, [opened, *self._ask(begun, arrived=True)]

    def on(self, state: State) -> Question:
        """The question that is on: one of `questions`, or the array of which several are asked together."""
        question = self.questions[state.at]
        return self._whole(question) if self._together(state) else question

    def handle(self, state: State, text: str, seconds: float = 0.0) -> Moved:
        """What follows from `text`, typed `seconds` after the question was asked."""
        if state.is_over:
            return state, []
        state = state._replace(seconds=state.seconds + min(max(seconds, 0.0), MAX_PAUSE))
        question = self.on(state)
        match command(text, self._quantities):
            case "hint":
                return self._hint(state, question)
            case "skip":
                return self._skip(state, question)
            case "back":
                return self._back(state)
            case "why":
                return self._why(state, question)
            case "show":
                return state, [KnownListed(question), *self._ask(state)]
            case "fill":
                return self._fill(state, question)
            case "help":
                return state, [Helped(question), *self._ask(state)]
            case "quit":
                return self.leave(state)
        if tried := attempt(text):
            return self._try(state, question, tried)
        if not text.strip():
            if not self.retry:
                return self._skip(state, question)
            if state.records[state.at].status != "open":
                return self._skip(state, question)
            return state, [Told("Type an answer, or one of the words below."), *self._ask(state)]
        prediction = self._prediction(state)
        if prediction and (choice := prediction.chosen(text)):
            state = state._replace(guessed=state.guessed | {self.questions[state.at].target})
            guessed = Guessed(question, choice, choice == prediction.answer, prediction.because)
            return state, [guessed, *self._ask(state)]
        return self._answer(state, question, text)

    def leave(self, state: State) -> Moved:
        """The student goes: nothing is lost."""
        gone = state._replace(left=True)
        return gone, [Left(summarize(gone))]

    def end(self, state: State) -> Moved:
        """There is no more input."""
        return state, [Finished(summarize(state))]

    def _answer(self, state: State, question: Question, text: str) -> Moved:
        history, one = self._history(state), self.questions[state.at]
        judged = self.mark(question, text, history)
        if question != one and judged.verdict in NOT_AN_ANSWER:  # one number for the first of an array
            alone = self.mark(one, text, history)
            question, judged = (question, judged) if alone.verdict in NOT_AN_ANSWER else (one, alone)
        text = visible(text)[:MAX_TEXT]
        kept = self.kept(question, text)
        whole = Try(kept, judged.verdict, tuple(judged.misconceptions), judged.ambiguous)
        tries = self._of_elements(judged) or {state.at: whole}
        is_right = state.at in tries and tries[state.at].is_right
        goes_on = is_right or not self.retry
        marked = Marked(
            question,
            text,
            judged.verdict,
            self._message(state, judged, text),
            whole.misconceptions,
            judged.ambiguous,
            judged.echo,
            judged.place,
            goes_on,
        )
        state = state._replace(records=self._with_tries(state, tries))
        if not goes_on:
            return state, [marked, *self._ask(state)]
        own = kept if judged.verdict == "follow-through" else ""
        step = self._whole(question) if len(tries) > 1 else question
        solved = [Solved(step, shown=False, own=own)] if whole.is_right and self.retry else []
        return self._next(state, [marked, *solved])

    def _message(self, state: State, judged: Judgement, text: str) -> str:
        """What is said of an answer: of a wrong one more and more, one try after the other."""
        climbs = judged.climbs if self.retry else ()
        message = climbs[min(state.wrong_tries, len(climbs) - 1)] if climbs else judged.message
        if judged.verdict == "invalid" and text.strip().isalpha() and (word := nearest_command(text)):
            message = f"{message} Did you mean the command {word}?"
        return message

    def _whole(self, question: Question) -> Question:
        """The question about the whole array of which an element is asked."""
        if question.place is None:
            return question
        elements = tuple(self.questions[place].target for place in self._elements[question.quantity])
        name = Sym(question.quantity)
        return question._replace(target=question.quantity, place=None, name=name, elements=elements)

    def _settled_by(self, state: State, question: Question) -> tuple[int, ...]:
        """The places whose records one answer to the question goes into."""
        return self._together(state) or (state.at,)

    def _of_elements(self, judged: Judgement) -> dict[int, Try]:
        """The tries at single elements that an array comes to, by the places where they are asked."""
        places = {question.target: place for place, question in enumerate(self.questions)}
        return {places[name]: given for name, given in judged.entries.items() if name in places}

    def _with_tries(self, state: State, tries: Mapping[int, Try]) -> tuple[QuestionRecord, ...]:
        records = list(state.records)
        for place, given in tries.items():
            record = records[place]
            status = "right" if given.is_right else record.status
            if not given.is_right and not self.retry and given.verdict not in NOT_AN_ANSWER:
                status = "wrong"
            records[place] = record._replace(tries=(*record.tries, given), status=status)
        return tuple(records)

    def _hint(self, state: State, question: Question) -> Moved:
        record = state.records[state.at]
        ladder = self.hints(question)
        level = min(record.hints + 1, len(ladder))
        given: list[Event] = [Hinted(question, level, len(ladder), ladder[level - 1])]
        is_last = level == len(ladder)
        records = list(state.records)
        for place in self._settled_by(state, question):
            if records[place].status == "open":
                records[place] = records[place]._replace(hints=level, status="shown" if is_last else "open")
        state = state._replace(records=tuple(records))
        if not is_last:
            return state, [*given, *self._ask(state)]
        return self._next(state, [*given, Solved(question, shown=True)])

    def _why(self, state: State, question: Question) -> Moved:
        forms = len(self.forms(question))
        level = min(state.whys + 1, forms)
        state = state._replace(whys=level % forms)
        return state, [Explained(question, level, forms), *self._ask(state)]

    def _try(self, state: State, question: Question, tried: Attempt) -> Moved:
        if self.nudge is None:
            return state, [Told("There is nothing to try here."), *self._ask(state)]
        try:
            nudge = self.nudge(tried.name or question.quantity.rpartition("/d")[2], tried.value)
        except BackpropTutorError as error:
            return state, [Told(str(error)), *self._ask(state)]
        record = state.records[state.at]
        if record.status == "open" and nudge.gradient in (question.target, question.quantity):
            state = state.with_record(record._replace(hints=max(record.hints, 1)))  # it shows the answer
        return state, [Tried(question, nudge), *self._ask(state)]

    def _fill(self, state: State, question: Question) -> Moved:
        together = self._together(state)
        if not together:
            what = f"After {PRACTISED} right answers of a kind, fill gives the rest of an array."
            return state, [Told(what), *self._ask(state)]
        records = list(state.records)
        for place in together:
            records[place] = records[place]._replace(status="right")
        return self._next(state._replace(records=tuple(records)), [Filled(question, len(together))])

    def _skip(self, state: State, question: Question) -> Moved:
        answer = ""
        records = list(state.records)
        for place in self._settled_by(state, question):
            record = records[place]
            if record.status == "open":
                record = record._replace(status="skipped" if record.answer is None else "wrong")
            records[place] = record
            answer = record.answer or "" if record.status in ("right", "wrong") else answer
        skipped = [] if records[state.at].status == "shown" else [Skipped(question, answer)]
        return self._next(state._replace(records=tuple(records)), skipped)

    def _back(self, state: State) -> Moved:
        if state.at <= self.given:
            return state, [Told("This is the first question."), *self._ask(state)]
        state = state._replace(at=state.at - 1, whys=0)
        return state, self._ask(state, arrived=True)

    def _next(self, state: State, events: Sequence[Event]) -> Moved:
        """On to the next open question, after the last one to the first that was left open before."""
        places = [*range(state.at + 1, len(state.records)), *(range(state.at) if self.retry else ())]
        at = next((n for n in places if state.records[n].status == "open"), len(state.records))
        state = state._replace(at=at, whys=0)
        return state, [*events, *(self._ask(state, arrived=True) or [Finished(summarize(state))])]

    def _ask(self, state: State, *, arrived: bool = False) -> list[Event]:
        if state.is_over:
            return []
        question = self.on(state)
        asked = enumerate(self.questions[self.given :], self.given)
        phase = [n for n, other in asked if other.phase == question.phase]
        given = state.records[state.at].standing or Try("", "")
        return [
            Asked(
                question,
                state.at + 1 - self.given,
                len(self.questions) - self.given,
                phase.index(state.at) + 1,
                len(phase),
                given.text,
                given.verdict,
                self._prediction(state),
                len(self._together(state)),
                arrived,
            )
        ]

    def _prediction(self, state: State) -> Prediction | None:
        """What may be predicted now: only before anything was answered or shown at this question."""
        question, record = self.questions[state.at], state.records[state.at]
        if not self.retry or question.target in state.guessed:
            return None
        return self.guess(question) if record == QuestionRecord() else None

    def _together(self, state: State) -> tuple[int, ...]:
        """The places of the elements that are asked together: those of an array that are still open, where
        all of it is asked, once its kind of step has been answered rightly twice."""
        question = self.questions[state.at]
        places = self._elements.get(question.quantity, [])
        if not self.retry or question.place is None or len(places) < question.size:
            return ()
        still_open = tuple(place for place in places if state.records[place].status == "open")
        right = sum(
            record.outcome in ("at once", "after another try")
            for other, record in zip(self.questions, state.records, strict=True)
            if (other.phase, other.kind) == (question.phase, question.kind)
        )
        return still_open if state.at in still_open and len(still_open) > 1 and right >= PRACTISED else ()

    def _history(self, state: State) -> dict[str, str]:
        """The student's own values of the other quantities; what was shown is known to them as it is."""
        return {
            question.target: record.answer
            for n, (question, record) in enumerate(zip(self.questions, state.records, strict=True))
            if n != state.at and question.part == "value" and record.status != "shown" and record.answer
        }
