"""Keeps one session on disk while it goes on: found again, saved after every answer, taken over."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.draws import fingerprint
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import clean
from backprop_tutor.tutor.evidence import Answered, Evidence, EvidenceLog, Place, evidence_of
from backprop_tutor.tutor.first_sessions import answers_of, take_in
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.state import QuestionRecord, State
from backprop_tutor.tutor.store import Saved, Store, key_of_exercise

__all__ = ["AnswerLog", "Keeper"]


class AnswerLog:
    """Takes the answers of a session for evidence, each once."""

    def __init__(self, log: EvidenceLog, exercise: Exercise, place: Place = "run") -> None:
        self.log, self.exercise, self.place = log, exercise, place
        self._recorded: dict[str, QuestionRecord] = {}

    def begin(self, records: Mapping[str, QuestionRecord]) -> None:
        """What was answered before is no news."""
        self._recorded = dict(records)

    def take(self, questions: Sequence[Question], state: State, *, from_file: bool = False) -> list[Evidence]:
        """What was answered since the last time. Raises AccessError."""
        pairs = zip(questions, state.records, strict=True)
        answers = [answered for pair in pairs for answered in self._new(*pair)]
        entries = evidence_of(self.exercise, answers, place=self.place)
        add = self.log.add_new if from_file else self.log.add
        add(entries)
        return entries

    def _new(self, question: Question, record: QuestionRecord) -> list[Answered]:
        known = self._recorded.get(question.target, QuestionRecord())
        self._recorded[question.target] = record
        quantity = question.name_text if question.part == "upstream" else question.quantity
        quantity = question.target if question.part == "value" else quantity
        return answers_of(quantity, record, known)


class Keeper:
    """`notes` gathers what to tell: a file set aside, a disk that is full. Nothing here is fatal."""

    def __init__(
        self, store: Store, exercise: Exercise, *, replayed: bool = False, place: Place = "run"
    ) -> None:
        self.store = store
        self.answers = AnswerLog(EvidenceLog(store.folder), exercise, place)
        self.key = key_of_exercise(exercise)
        self.notes = store.notes
        self._former: Saved | None = None
        self.whole = True
        self._told: set[str] = set()
        self._saved = Saved(
            exercise.name,
            exercise.title,
            fingerprint(replace(exercise, variants={})),
            {},
            started=time.time(),
            replayed=replayed,
            topics=exercise.topics,
            logged=True,
        )

    def former(self, questions: Sequence[Question]) -> Saved | None:
        """The session with these questions that can be gone on with."""
        targets = [question.target for question in questions]
        return self.store.latest(self.key, self._saved.fingerprint, targets)

    def choose(self, ask: Sequence[str], *, factors: bool, whole: bool) -> None:
        """How the questions of this session are chosen; `whole`: all that the exercise asks are in it."""
        self._saved = self._saved._replace(ask=tuple(ask), factors=factors)
        self.whole = whole

    @property
    def options(self) -> list[str]:
        """What chooses the same questions on the command line."""
        asked = [word for name in self._saved.ask for word in ("--ask", name)]
        return [*asked, *(["--factors"] if self._saved.factors else [])]

    def take_over(self, former: Saved, questions: Sequence[Question]) -> State:
        """The state to go on from. The former file goes once this session has been saved."""
        self._former = former
        self._saved = self._saved._replace(started=former.started)
        self.answers.begin(former.records)
        take_in(former, self.answers.log)
        records = tuple(former.records.get(question.target, QuestionRecord()) for question in questions)
        state = State(records, seconds=former.seconds).reopened()
        at = next((n for n, question in enumerate(questions) if question.target == former.at), -1)
        if at >= 0 and state.records[at].status == "open":
            state = state._replace(at=at)
        return state

    def discard(self, former: Saved) -> None:
        self.store.remove(former)

    def save(self, questions: Sequence[Question], state: State) -> None:
        """Save everything; what goes wrong becomes a note, once. What was answered is evidence."""
        targets = [question.target for question in questions]
        session = self._saved._replace(
            records=dict(zip(targets, state.records, strict=True)),
            at=targets[state.at] if state.at < len(targets) else "",
            seconds=state.seconds,
            complete=state.is_complete and self.whole,
            over=state.is_complete,
        )
        try:
            self._saved = self.store.save(session, self.key)
            if self._former is not None:
                self.store.remove(self._former)
                self._former = None
            self.answers.take(questions, state, from_file=self._saved.replayed)
        except AccessError as error:
            self.notes.append(str(error))

    def news(self) -> list[str]:
        """What there is to tell and was not told before."""
        news = [clean(note) for note in dict.fromkeys(self.notes) if note not in self._told]
        self._told.update(self.notes)
        self.notes.clear()
        return news
