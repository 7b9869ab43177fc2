"""One run of the tutor: who is there to answer, what is shown and how, what is saved."""

import sys
from collections.abc import Callable, Iterable
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from backprop_tutor.cli.conversation import Painter, converse, lines_of, replay
from backprop_tutor.cli.late_marking import LateMarking
from backprop_tutor.cli.line_reading import LineReader, confirmed
from backprop_tutor.cli.session_painters import JsonPainter, json_line, painter_for
from backprop_tutor.cli.streams import standard_input, typed_text
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.files import access_error
from backprop_tutor.grading.selection import SELECTIONS
from backprop_tutor.language import CANONICAL, Lettering, Style
from backprop_tutor.tutor.commands import WORDS
from backprop_tutor.tutor.evidence import Place
from backprop_tutor.tutor.hints import Hints
from backprop_tutor.tutor.nudge import Nudging
from backprop_tutor.tutor.predictions import Predictions
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question, questions_of
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.session_keeper import Keeper
from backprop_tutor.tutor.state import State
from backprop_tutor.tutor.store import Saved, Store, state_folder
from backprop_tutor.walkthrough import Solution, lettering_of, solve

__all__ = ["Run", "SessionOptions", "completions"]


class SessionOptions(NamedTuple):
    ask: tuple[str, ...] = ()
    factors: bool = False
    restart: bool = False
    answers: Path | None = None
    plain: bool = False
    as_json: bool = False
    notation: str | None = None
    place: Place = "run"  # what it is a part of: another one than `run` says itself what is next


class Run:
    """One exercise, asked of whoever is there; `start` finds out who that is."""

    def __init__(self, exercise: Exercise, options: SessionOptions) -> None:
        from backprop_tutor.render.screen_style import style_for

        self.exercise, self.options = exercise, options
        self.solution = solve(exercise)
        self.letters = lettering_of(exercise, options.notation)
        self.shown = CANONICAL if options.as_json else self.letters  # the same names in every notation
        self.style = style_for(sys.stdout.encoding, notation=self.shown)
        self.ask = tuple(self._canonical(text) for text in _selection(options.ask))

    def start(self) -> int:
        """The whole session. The exit status."""
        if self.options.answers is not None:
            with self._file(self.options.answers) as answers:
                return self._replayed(typed_text(answers))
        if sys.stdin.isatty():
            return self.conversed()[1]
        return self._replayed(standard_input())

    def conversed(self) -> tuple[State, int]:
        """A person answers at the terminal. The state at the end, and the exit status."""
        session = self._session()
        keeper = self._keeper(session)
        former = self._former(keeper, session)
        state = keeper.take_over(former, session.questions) if former else None
        painter = painter_for(
            self._steps(session.questions), session, plain=self.options.plain, as_json=self.options.as_json
        )
        painter.lines(keeper.news())
        reader = LineReader(
            painter.redraw, lambda: completions(self.solution, self.letters, session.questions)
        )
        read: Callable[[str], str] = json_line if isinstance(painter, JsonPainter) else reader
        if isinstance(session.mark, LateMarking):
            read = session.mark.meanwhile(read)
        state, status = converse(session, state, painter, keeper, read)
        if self.options.place == "run":
            self._close(painter, state, keeper)
        return state, status

    def replayed(self, lines: Iterable[str]) -> tuple[State, int]:
        """Each of `lines` answers the next question; those after the last one are left. The same."""
        session = self._session(retry=False)
        keeper = self._keeper(session, replayed=True)
        painter = painter_for(
            self._steps(session.questions), session, plain=True, as_json=self.options.as_json, asking=False
        )
        state, status = replay(session, painter, keeper, lines)
        for note in keeper.news():
            print(note, file=sys.stderr)
        return state, status

    def _keeper(self, session: Session, *, replayed: bool = False) -> Keeper:
        keeper = Keeper(Store(state_folder()), self.exercise, replayed=replayed, place=self.options.place)
        targets = {question.target for question in session.questions}
        whole = not self.ask or targets.issuperset(q.target for q in questions_of(self.solution))
        keeper.choose(self.ask, factors=self.options.factors, whole=whole)
        return keeper

    def _former(self, keeper: Keeper, session: Session) -> Saved | None:
        """The saved session to go on with; dropped if that is wanted, after asking."""
        former = keeper.former(session.questions)
        if former is None or not self.options.restart:
            return former
        done = sum(record.status != "open" for record in former.records.values())
        question = f"Drop the saved session, with {done} of {len(former.records)} questions done? [y/N] "
        if not confirmed(question):
            print("It is kept, and goes on.")
            return former
        keeper.discard(former)
        return None

    def _replayed(self, stream: TextIO) -> int:
        """Answers from a file or a pipe; from an empty one the walkthrough."""
        lines = lines_of(stream)
        first = next(lines, None)
        if first is None and self.options.answers is None:
            return self._unattended()
        return self.replayed(chain([] if first is None else [first], lines))[1]

    def _unattended(self) -> int:
        """Nobody can answer: the walkthrough, without questions."""
        from backprop_tutor.cli.unattended import show_walkthrough

        self._questions()  # what does not exist is refused here too
        show_walkthrough(
            self.solution,
            self.style,
            self.letters,
            plain=self.options.plain,
            as_json=self.options.as_json,
        )
        return 0

    def _questions(self) -> list[Question]:
        return questions_of(self.solution, self.ask, factors=self.options.factors)

    def _session(self, *, retry: bool = True) -> Session:
        factors = self.options.factors
        questions = questions_of(self.solution, self.ask, factors=factors, of_a_person=retry)
        steps = self._steps(questions)
        marking = LateMarking(
            self.solution, questions, self.letters, self.shown.styled(Style(self.style.glyphs))
        )
        return Session(
            self.exercise.name,
            self.exercise.title,
            questions,
            marking,
            Hints(steps),
            forms=steps.forms,
            retry=retry,
            kept=marking.kept,
            guess=Predictions(self.solution, self.style, questions),
            nudge=Nudging(self.solution, self.letters),
        )

    def _steps(self, questions: Iterable[Question]) -> Steps:
        return Steps(self.solution, self.style, questions, lettering=self.shown)

    def _canonical(self, text: str) -> str:
        from backprop_tutor.grading.elements import Elements

        return text if text in SELECTIONS else Elements(self.solution).canonical(text, self.letters)

    def _file(self, path: Path) -> BufferedReader:
        try:
            return path.open("rb")
        except (OSError, ValueError) as error:
            raise access_error(error, path, "read") from None

    def _close(self, painter: Painter, state: State, keeper: Keeper) -> None:
        from backprop_tutor.cli.session_closing import closing

        painter.closing(closing(self._steps(()), state, keeper))


def completions(solution: Solution, letters: Lettering, questions: Iterable[Question]) -> list[str]:
    """What Tab completes: commands, and what may be typed in a formula, in a notation."""
    names = dict.fromkeys(map(letters.typed, solution.ledger.lines))
    elements = dict.fromkeys(target for q in questions for target in (q.target, *q.elements))
    return [*WORDS, *names, *elements]


def _selection(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Names after `--ask`, also several in one text: split at spaces and at commas outside brackets."""
    import re

    return tuple(part for text in texts for part in re.split(r"[\s,]+(?![^\[(]*[\])])", text) if part)
