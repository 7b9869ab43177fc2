"""A session as plain lines, one fact a line: for screen readers, pipes and dumb terminals."""

from collections.abc import Iterable, Iterator

from backprop_tutor.language import display_width
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.screens.known_quantities import known
from backprop_tutor.render.screens.session_texts import (
    example_text,
    filled_text,
    guessed_text,
    offers,
    place_text,
    question_text,
    reading,
    solved_rows,
    summary_rows,
    target_text,
    tried_lines,
    turning_text,
    verdict_lines,
)
from backprop_tutor.render.subjects.why import why_blocks
from backprop_tutor.render.task_text import task_lines
from backprop_tutor.render.wording import PHASE_TITLES, at_a_glance
from backprop_tutor.tutor import events
from backprop_tutor.tutor.commands import WORDS
from backprop_tutor.tutor.events import Event
from backprop_tutor.tutor.meanings import Meanings
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import State

__all__ = ["SessionPlain"]


class SessionPlain:
    """Gives out lines. With `asking` also the task and the questions; without, only what becomes of
    the answers."""

    def __init__(self, steps: Steps, session: Session, *, asking: bool = True) -> None:
        self.steps, self.session, self.asking = steps, session, asking
        self.style = steps.style
        self.define = Meanings(steps)

    def prompt(self, question: Question) -> str:
        return f"{target_text(question, self.style)} = "

    def paint(self, happened: Iterable[Event], state: State) -> None:
        for event in happened:
            for line in self.rows(event, state):
                print(line)

    def redraw(self) -> None:
        """What was printed stays."""

    def turn(self, text: str) -> bool:
        return False

    def lines(self, texts: Iterable[str]) -> None:
        for text in texts:
            print(text)

    def closing(self, sentences: Iterable[tuple[str, str]]) -> None:
        for title, text in sentences:
            print("\n".join(f"{title}: {line}" for line in text.splitlines()))

    def rows(self, event: Event, state: State) -> Iterator[str]:
        match event:
            case events.Opened():
                yield from self._opened(event)
            case events.Asked() if self.asking:
                yield from self._asked(event, state)
            case events.Marked():
                yield from self._marked(event)
            case events.Solved(question, _, own):
                yield from (f"{label}: {text}" for label, text in solved_rows(question, self.steps, own))
            case events.Hinted(question, level, levels, text):
                yield f"hint {level} of {levels} for {target_text(question, self.style)}: {text}"
            case events.Explained(question, level):
                blocks = why_blocks(question, self.steps, level)
                yield from (f"why: {line}" for line in PlainPainter(self.style).paint(blocks))
            case events.Guessed():
                yield f"guess: {guessed_text(event)}"
            case events.Tried():
                yield from (f"try: {line}" for line in tried_lines(event, self.steps))
            case events.Filled():
                yield filled_text(event, self.steps)
            case events.KnownListed():
                for item in known(self.steps, self.session.questions, state, everything=True):
                    yield f"known: {item.name} = {item.text}"
            case events.Skipped(question):
                yield f"{target_text(question, self.style)}: skipped"
            case events.Told(text) if self.asking:
                yield text
            case events.Helped():
                yield from (f"{word}: {meaning}" for word, meaning in WORDS.items())
            case events.Left(summary) | events.Finished(summary):
                yield "summary: " + ", ".join(f"{label} {count}" for label, count in summary_rows(summary))

    def _opened(self, event: events.Opened) -> Iterator[str]:
        solution = self.steps.solution
        if not self.asking:
            yield f"exercise: {event.title}. {solution.exercise.rounding}"
            return
        yield f"exercise: {event.title}"
        yield f"digits: {solution.exercise.rounding}"
        yield from (f"task: {line}" for line in task_lines(solution.exercise, self.style))
        yield f"graph: {at_a_glance(solution, self.style)}"
        for item in known(self.steps, self.session.questions, self.session.start()[0], everything=True):
            yield f"given: {item.name} = {item.text}"
        if event.done:
            yield f"going on: {event.done} of {event.questions} questions are done"
        if example := example_text(self.session.questions, self.style):
            yield f"names: {example}"
        yield f"words: {', '.join(WORDS)}"

    def _asked(self, event: events.Asked, state: State) -> Iterator[str]:
        phase = PHASE_TITLES[event.question.phase]
        if turning := turning_text(event, self.steps):
            yield turning
        yield f"definition: {self.define(event.question)}"
        for item in known(self.steps, self.session.questions, state):
            if item.needed:
                yield f"needed: {item.name} = {item.text}"
        yield from offers(event)
        yield (
            f"{place_text(event, self.session.among)}, {phase} {event.step} of {event.steps}: "
            f"{question_text(event.question, self.steps)}"
        )

    def _marked(self, event: events.Marked) -> Iterator[str]:
        _, said, carets = verdict_lines(event)
        target = target_text(event.question, self.style)
        given = event.text.strip()
        given = given if display_width(given) <= 60 else f"{given[:60]}..."
        echo = reading(event)
        if echo and event.verdict != "invalid" and len(echo) < 60:
            given += f" (read as {echo})"
        yield " ".join([f"{target} = {given}: {event.verdict}.", *said])
        yield from (f"    {line}" for line in carets.splitlines())
