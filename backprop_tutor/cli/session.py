"""One run of the tutor: who is there to answer, what is shown and how, what is saved."""

import sys
from collections.abc import Callable
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from backprop_tutor.cli.conversation import Painter, confirmed, converse, lines_of, replay, typed_line
from backprop_tutor.cli.late_marking import LateMarking
from backprop_tutor.cli.painting import JsonPainter, painter_for
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.files import access_error
from backprop_tutor.tutor.hints import Hints
from backprop_tutor.tutor.keeping import Keeper
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import State
from backprop_tutor.tutor.steps import Steps
from backprop_tutor.tutor.store import Saved, Store, state_folder
from backprop_tutor.walkthrough import solve

if TYPE_CHECKING:
    pass

__all__ = ["Options", "Run"]


class Options(NamedTuple):
    ask: tuple[str, ...] = ()
    factors: bool = False
    restart: bool = False
    answers: Path | None = None
    plain: bool = False
    as_json: bool = False


class Run:
    def __init__(self, exercise: Exercise, options: Options) -> None:
        from backprop_tutor.render.style import style_for

        self.exercise, self.options = exercise, options
        self.solution = solve(exercise)
        self.style = style_for(sys.stdout.encoding)

    def start(self) -> int:
        """The whole session. The exit status."""
        if self.options.answers is not None:
            return self._replayed(self._file(self.options.answers))
        if sys.stdin is None:
            return self._unattended()
        if sys.stdin.isatty():
            return self._conversation()
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
        return self._replayed(sys.stdin)

    def _conversation(self) -> int:
        keeper = Keeper(Store(state_folder()), self.exercise)
        former = self._former(keeper)
        ask, factors = _selection(self.options.ask), self.options.factors
        if former and not ask and not factors:
            ask, factors = former.ask, former.factors
        session = self._session(ask, factors=factors)
        keeper.choose(ask, factors=factors)
        state = keeper.take_over(former, session.questions) if former else None
        painter = painter_for(
            self._steps(session), session, plain=self.options.plain, as_json=self.options.as_json
        )
        painter.lines(keeper.news())
        read: Callable[[str], str] = _json_line if isinstance(painter, JsonPainter) else typed_line
        if isinstance(session.mark, LateMarking):
            read = session.mark.meanwhile(read)
        state, status = converse(session, state, painter, keeper, read)
        self._close(painter, state, keeper)
        return status

    def _former(self, keeper: Keeper) -> Saved | None:
        """The saved session to go on with; dropped if that is wanted, after asking."""
        former = keeper.former()
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
        keeper = Keeper(Store(state_folder()), self.exercise, replayed=True)
        ask = _selection(self.options.ask)
        session = self._session(ask, factors=self.options.factors, retry=False)
        keeper.choose(ask, factors=self.options.factors)
        painter = painter_for(
            self._steps(session), session, plain=True, as_json=self.options.as_json, asking=False
        )
        everything = chain([] if first is None else [first], lines)
        _, status = replay(session, painter, keeper, everything)
        for note in keeper.news():
            print(note, file=sys.stderr)
        return status

    def _unattended(self) -> int:
        """Nobody can answer: the walkthrough, without questions."""
        from backprop_tutor.cli.unattended import show_walkthrough

        show_walkthrough(
            self.solution,
            self.style,
            plain=self.options.plain,
            as_json=self.options.as_json,
        )
        return 0

    def _session(self, ask: tuple[str, ...], *, factors: bool, retry: bool = True) -> Session:
        questions = questions_of(self.solution, ask, factors=factors)
        return Session(
            self.exercise.name,
            self.exercise.title,
            questions,
            LateMarking(self.solution, questions),
            Hints(Steps(self.solution, self.style, questions)),
            retry=retry,
        )

    def _steps(self, session: Session) -> Steps:
        return Steps(self.solution, self.style, session.questions)

    def _file(self, path: Path) -> TextIO:
        try:
            return StringIO(path.read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError) as error:
            raise access_error(error, path, "read") from None

    def _close(self, painter: Painter, state: State, keeper: Keeper) -> None:
        from backprop_tutor.cli.closing import closing

        painter.closing(closing(self.exercise, state, keeper))


def _json_line(prompt: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


def _selection(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Names after `--ask`, also several in one text: split at spaces and at commas outside brackets."""
    import re

    return tuple(part for text in texts for part in re.split(r"[\s,]+(?![^\[(]*[\])])", text) if part)
