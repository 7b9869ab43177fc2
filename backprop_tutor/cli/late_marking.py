"""The marking, loaded while the student reads the first question, so that a verdict is there at once."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

from backprop_tutor.language import Lettering, Style
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Judgement
from backprop_tutor.walkthrough import Solution

if TYPE_CHECKING:
    from backprop_tutor.tutor.session_marker import SessionMarker

__all__ = ["LateMarking"]

A_WRONG_ANSWER = "12345.6789"
FIRST = 0.05  # seconds that the prompt has to itself: each of its writes would wait 5 ms for a busy thread


class LateMarking:
    """Marks as `SessionMarker` does, which it sets up when it is first needed."""

    def __init__(
        self, solution: Solution, questions: list[Question], lettering: Lettering, style: Style
    ) -> None:
        self.solution, self.questions = solution, questions
        self.lettering, self.style = lettering, style
        self._marking: SessionMarker | None = None
        self._thread: Thread | None = None

    def __call__(self, question: Question, text: str, history: Mapping[str, str]) -> Judgement:
        return self._loaded()(question, text, history)

    def kept(self, question: Question, text: str) -> str:
        return self._loaded().kept(question, text)

    def _loaded(self) -> "SessionMarker":
        if self._marking is None:
            from backprop_tutor.tutor.session_marker import SessionMarker

            self._marking = SessionMarker(self.solution, self.questions, self.lettering, self.style)
        return self._marking

    def meanwhile(self, read: Callable[[str], str]) -> Callable[[str], str]:
        """`read`, with everything loaded that a verdict needs while it waits for the first line."""

        def reading(prompt: str) -> str:
            if self._thread is None:
                self._thread = Thread(target=self._warm_up, daemon=True)
                self._thread.start()
            text = read(prompt)
            self._thread.join()
            return text

        return reading

    def _warm_up(self) -> None:
        sleep(FIRST)
        with suppress(Exception):  # whatever it is, it comes up again where it can be told
            for question in self.questions[-1:]:
                self(question, A_WRONG_ANSWER, {})
