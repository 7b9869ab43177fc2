"""The loops around a session: a person at a terminal, or one answer a line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import Protocol, TextIO

from backprop_tutor.tutor.events import Event
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import State

__all__ = ["INTERRUPTED", "Keeping", "Painter", "converse", "lines_of", "replay"]

MAX_LINE = 100_000  # characters; the rest of a longer line is not an answer
INTERRUPTED = 130


class Painter(Protocol):
    """What shows a session to somebody: what happened, or the same again after the window has changed. `turn`
    says whether a line turned a page, and so was no answer."""

    def paint(self, happened: Iterable[Event], state: State) -> None: ...
    def redraw(self) -> None: ...
    def turn(self, text: str) -> bool: ...
    def prompt(self, question: Question) -> str: ...
    def lines(self, texts: Iterable[str]) -> None: ...
    def closing(self, sentences: Iterable[tuple[str, str]]) -> None: ...


class Keeping(Protocol):
    """What remembers the answers of a session; `news` is what there is to tell of that."""

    def save(self, questions: Sequence[Question], state: State) -> None: ...
    def news(self) -> list[str]: ...


def converse(
    session: Session, state: State | None, painter: Painter, keeper: Keeping, read: Callable[[str], str]
) -> tuple[State, int]:
    """Ask until the end; the state then, and the exit status. `read` gets one line, given a prompt."""
    state, happened = session.start(state)
    status = 0
    painter.paint(happened, state)
    while not state.is_over:
        began = monotonic()
        try:
            text = read(painter.prompt(session.on(state)))
            if painter.turn(text):
                continue
            state, happened = session.handle(state, text, monotonic() - began)
        except (EOFError, KeyboardInterrupt) as stop:
            print()
            status = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else 0
            state, happened = session.leave(state)
        keeper.save(session.questions, state)
        painter.lines(keeper.news())
        painter.paint(happened, state)
    if not state.left:
        status = 0 if state.is_complete else 1
    return state, status


def replay(
    session: Session, painter: Painter, keeper: Keeping, lines: Iterable[str], state: State | None = None
) -> tuple[State, int]:
    """Take each line for the answer to the next question; the state at the end, and the exit status."""
    state, happened = session.start(state)
    painter.paint(happened, state)
    for line in lines:
        state, happened = session.handle(state, line)
        keeper.save(session.questions, state)
        painter.paint(happened, state)
        if state.is_over:
            break
    else:
        state, happened = session.end(state)
        painter.paint(happened, state)
    return state, 0 if state.is_complete else 1


def lines_of(stream: TextIO) -> Iterator[str]:
    """The lines of `stream` as they come, without their ends; of an endless one only the beginning."""
    first = True
    while line := stream.readline(MAX_LINE):
        rest = line
        while len(rest) == MAX_LINE and not rest.endswith("\n"):
            rest = stream.readline(MAX_LINE)
        yield (line.removeprefix("\ufeff") if first else line).rstrip("\r\n")
        first = False
