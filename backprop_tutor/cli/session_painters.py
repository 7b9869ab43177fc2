"""Who paints a session: the terminal, plain lines, or JSON."""

import os
import sys
from collections.abc import Iterable

from backprop_tutor.cli.conversation import Painter
from backprop_tutor.tutor import events
from backprop_tutor.tutor.events import Event
from backprop_tutor.tutor.meanings import Meanings
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import State

__all__ = ["JsonPainter", "json_line", "painter_for"]


def painter_for(
    steps: Steps, session: Session, *, plain: bool, as_json: bool, asking: bool = True
) -> Painter:
    """A terminal that can do nothing gets plain lines."""
    if as_json:
        return JsonPainter(steps)
    if plain or os.environ.get("TERM") == "dumb":
        from backprop_tutor.render.screens.session_plain import SessionPlain

        return SessionPlain(steps, session, asking=asking)
    from backprop_tutor.cli.screen import screen
    from backprop_tutor.render.painters.terminal import TerminalPainter
    from backprop_tutor.render.screens.session_terminal import SessionTerminal

    return SessionTerminal(steps, session, TerminalPainter(screen(), steps.style))


class JsonPainter:
    """One event a line, flushed at once."""

    def __init__(self, steps: Steps) -> None:
        self.define = Meanings(steps)

    def paint(self, happened: Iterable[Event], state: State) -> None:
        for event in happened:
            more = {"definition": self.define(event.question)} if isinstance(event, events.Asked) else {}
            print(events.json_line(event, **more), flush=True)

    def redraw(self) -> None:
        """What was printed stays."""

    def turn(self, text: str) -> bool:
        return False

    def prompt(self, question: Question) -> str:
        return ""

    def lines(self, texts: Iterable[str]) -> None:
        for text in texts:
            print(text, file=sys.stderr)

    def closing(self, sentences: Iterable[tuple[str, str]]) -> None:
        """The last event says it all."""


def json_line(prompt: str) -> str:
    """A line from a program at a terminal, which wants no prompt. Raises EOFError."""
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")
