"""A session on a terminal: what happened since the last answer, then the question, never more than fits."""

from collections.abc import Iterable

from backprop_tutor.language import display_width
from backprop_tutor.render import session_blocks as blocks
from backprop_tutor.render.known import known
from backprop_tutor.render.picture import Picture
from backprop_tutor.render.session_blocks import Row
from backprop_tutor.render.session_texts import (
    example_text,
    question_text,
    reading,
    skipped_text,
    solved_rows,
    target_text,
    verdict_lines,
)
from backprop_tutor.render.terminal_lines import TerminalLines
from backprop_tutor.tutor import events
from backprop_tutor.tutor.commands import WORDS
from backprop_tutor.tutor.events import Event
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import RIGHT, State
from backprop_tutor.tutor.steps import Steps
from backprop_tutor.tutor.summary import Summary

__all__ = ["SessionTerminal"]

# Blue and orange are told apart by everybody; every verdict is a word as well.
STYLES = {
    "": "",
    "title": "bold",
    "dim": "dim",
    "label": "dim",
    "name": "bold",
    "bar": "blue",
    "path": "bold blue",
    "footer": "dim",
    "question": "bold",
    "value": "bold",
    "correct": "bold blue",
    "follow-through": "bold blue",
    "wrong": "bold orange",
    "invalid": "bold orange",
    "undecided": "bold",
    "hint": "italic",
}
SIGNS = {"correct": "✓ ", "follow-through": "✓ ", "wrong": "✗ ", "invalid": "? ", "undecided": "? "}
MOST_KNOWN = 4  # rows
MOST_NAMES = 16  # quantities listed at the start


class SessionTerminal:
    """Paints events on standard output."""

    def __init__(self, steps: Steps, session: Session) -> None:
        self.steps, self.session = steps, session
        self.console = TerminalLines(STYLES)
        self.picture = Picture(steps.solution, steps.style)
        self.style = steps.style
        self._last: Question | None = None
        self._below = 0  # rows since the drawing, or what is known, was last shown

    @property
    def width(self) -> int:
        return max(self.console.width - 1, 30)

    def paint(self, happened: Iterable[Event], state: State) -> None:
        """Everything that happened since the last answer, and the question that is on."""
        rows: list[Row] = []
        self._below += 1  # what was typed
        for event in happened:
            rows += self._rows(event, state, len(rows))
        self._below += len(rows)
        self._print(row for row, before in zip(rows, [None, *rows], strict=False) if row or row != before)

    def lines(self, texts: Iterable[str], role: str = "") -> None:
        """Further text, broken into lines."""
        for text in texts:
            self._print(self._paragraph(text, role))

    def prompt(self, question: Question) -> str:
        """What input() shows: plain, so that editing the line cannot lose it."""
        return f"{target_text(question, self.style)} = "

    def _paragraph(self, text: str, role: str = "", indent: str = "") -> list[Row]:
        return blocks.paragraph(self.style.spell(text), self.width, role, indent)

    def _rows(self, event: Event, state: State, used: int) -> list[Row]:
        match event:
            case events.Opened():
                return self._opened(event)
            case events.Asked():
                return self._asked(event, state, used)
            case events.Marked():
                return self._marked(event)
            case events.Solved(question, _, own):
                return [*self._table(question, own), []]
            case events.Hinted(_, level, levels, text):
                title = f"Hint {level} of {levels}: " if level < levels else "The answer: "
                rows = self._paragraph(title + text, "hint")
                return [*rows, []] if level < levels else rows
            case events.Listed(question):
                return self._listed(state)
            case events.Explained(question):
                return [*self._why(question), []]
            case events.Skipped():
                return [*self._paragraph(skipped_text(event, self.steps)), []]
            case events.Told(text):
                return [blocks.plain_row(text), []]
            case events.Helped():
                return [*self._help(), []]
            case events.Left(summary) | events.Finished(summary):
                return self._summary(summary)

    def _opened(self, event: events.Opened) -> list[Row]:
        exercise = self.steps.solution.exercise
        rows = [*self._paragraph(event.title, "title"), *self._paragraph(exercise.description)]
        if event.done:
            going_on = f"Going on: {event.done} of {event.questions} questions are done. {exercise.rounding}"
            return [*rows, *self._paragraph(going_on), []]
        quantities = dict.fromkeys(question.quantity for question in self.session.questions)
        names = [self.steps.quantity(name) for name in quantities]
        more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
        listed = ", ".join(names[:MOST_NAMES]) + more
        count = f"{event.questions} question{'s' if event.questions > 1 else ''}"
        example = example_text(self.session.questions, self.style)
        asked = [f"{count}: {listed}.", *([example] if example else []), exercise.rounding]
        return [*rows, *self._paragraph(" ".join(asked), "dim"), []]

    def _asked(self, event: events.Asked, state: State, used: int) -> list[Row]:
        question = event.question
        ask = self._paragraph(question_text(question, self.steps), "question")
        end = [*ask, blocks.footer(self.width, self.style)]
        again, self._last = question == self._last, question
        if again and self._below + used + len(end) < self.console.height:  # all of it is still in sight
            return end
        self._below = -used
        if event.before and not again:
            on = "press Enter to go on" if event.verdict in RIGHT else "skip"
            before = self.steps.answer(question, event.before)
            answered = f"You answered {before} ({event.verdict}). Answer again, or {on}."
            end = [*self._paragraph(answered, "dim"), *end]
        rows = [blocks.progress(event, state.done, self.width, self.style)]
        room = self.console.height - used - len(rows) - len(end) - 2  # the prompt, and what is typed into it
        table = blocks.known_table(
            known(self.steps, self.session.questions, state), self.width, min(MOST_KNOWN, room)
        )
        rows += self._picture(question, room - len(table))
        return [*rows, *table, *end]

    def _picture(self, question: Question, room: int) -> list[Row]:
        step = self.steps.step(question)
        needed = self.steps.needed(question)
        drawn = self.picture.draw(step, question.place, self.width, room, needed)
        if drawn is None:
            drawn = self.picture.compact(step, self.width)
        return blocks.drawing(drawn) if len(drawn) <= room else []

    def _marked(self, event: events.Marked) -> list[Row]:
        word, said, carets = verdict_lines(event, self.style)
        sign = SIGNS.get(event.verdict, "") if self.style.glyphs.scripts else ""
        head = f"{sign}{word}."
        echo = reading(event)
        if echo and event.verdict != "invalid":
            said = [f"Read as {echo}.", *said] if len(echo) < 40 else said
        rows = self._paragraph(" ".join([head, *said]))
        first = rows[0][0][0]
        rows[0] = [(first[: len(head)], event.verdict), (first[len(head) :], "")]
        rows += [blocks.plain_row(f"    {line}") for line in carets.splitlines()]
        return rows if event.goes_on else [*rows, []]

    def _table(self, question: Question, own: str) -> list[Row]:
        rows = [(label, self.style.spell(text)) for label, text in solved_rows(question, self.steps, own)]
        return list(blocks.labelled(rows, self.width, {"value": "value", "yours": "value"}))

    def _why(self, question: Question) -> list[Row]:
        from backprop_tutor.render.why import why

        return [row for line in why(question, self.steps) for row in self._paragraph(line, indent="  ")]

    def _listed(self, state: State) -> list[Row]:
        exercise = self.steps.solution.exercise
        rows = [
            *self._paragraph(exercise.title, "title"),
            *self._paragraph(exercise.description),
        ]
        self._below = 0
        drawn = self.picture.draw(None, None, self.width, self.console.height) or []
        everything = known(self.steps, self.session.questions, state, everything=True)
        return [*rows, *blocks.drawing(drawn), *blocks.known_table(everything, self.width, 1_000), []]

    def _help(self) -> list[Row]:
        rows = [[(f"  {word:6}", "name"), (meaning, "")] for word, meaning in WORDS.items()]
        examples = [
            "An answer is a number such as -1, 0.5 or 1/3,",
            "a formula in the quantities such as 2*x[1] - 1,",
            "or a whole vector or matrix such as [1, 0] or [1, 0; -1, 1].",
        ]
        return [*rows, *(blocks.plain_row(f"  {line}") for line in examples)]

    def _summary(self, summary: Summary) -> list[Row]:
        pairs = blocks.summary_rows(summary)
        widest = max(display_width(label) for label, _ in pairs)
        title = "Done." if summary.complete else "So far:"
        return [
            [],
            blocks.plain_row(title, "title"),
            *([(f"  {label.ljust(widest)}  ", ""), (count, "value")] for label, count in pairs),
        ]

    def closing(self, sentences: Iterable[tuple[str, str]]) -> None:
        """Titles, each with a text under it: misconceptions met, what to read, what to do next."""
        for title, text in sentences:
            self._print([[], blocks.plain_row(title, "title")])
            self.lines([text])

    def _print(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.console.print(row)
        self.console.flush()
