"""A session as blocks: what became of the last answer, what is known, the words at the prompt."""

from collections.abc import Iterable, Iterator

from backprop_tutor.render.blocks import (
    Block,
    Column,
    Facts,
    Heading,
    Line,
    Maths,
    Progress,
    Prose,
    Row,
    Table,
    Words,
    cell,
    still,
)
from backprop_tutor.render.screens.known_quantities import Known, known
from backprop_tutor.render.screens.session_texts import (
    behind_texts,
    equation_text,
    example_text,
    filled_text,
    guessed_text,
    needed_for,
    offers,
    place_text,
    question_text,
    reading,
    skipped_text,
    summary_rows,
    target_text,
    tried_lines,
    turning_text,
    verdict_lines,
)
from backprop_tutor.render.task_text import task_lines
from backprop_tutor.render.wording import PHASE_TITLES
from backprop_tutor.tutor import events
from backprop_tutor.tutor.commands import WORDS
from backprop_tutor.tutor.meanings import Meanings
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import RIGHT, State
from backprop_tutor.tutor.summary import Summary

__all__ = ["GAP", "SessionBlocks"]

SIGNS = {"correct": "✓ ", "follow-through": "✓ ", "wrong": "✗ ", "invalid": "? ", "undecided": "? "}
MOST_NAMES = 16  # quantities listed at the start
MAX_ANSWER = 60  # characters of an answer that are said again
LONG_READING = 40
GAP = Prose(())


class SessionBlocks:
    """Makes the blocks of what happens in one session."""

    def __init__(self, steps: Steps, session: Session) -> None:
        self.steps, self.session, self.style = steps, session, steps.style
        self.define = Meanings(steps)

    def opened(self, event: events.Opened) -> Iterator[Block]:
        yield from self.task()
        if event.done:
            going_on = f"Going on: {event.done} of {event.questions} questions are done."
            yield _prose(f"{going_on} {self.steps.solution.exercise.rounding}")
        else:
            quantities = dict.fromkeys(question.quantity for question in self.session.questions)
            names = [self.steps.quantity(name) for name in quantities]
            shown = MOST_NAMES if len(names) > MOST_NAMES + 1 else len(names)
            more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
            listed = ", ".join(names[:shown]) + more
            count = f"{event.questions} question{'s' if event.questions > 1 else ''}"
            example = example_text(self.session.questions, self.style)
            rounding = self.steps.solution.exercise.rounding
            yield _prose(" ".join(filter(None, [f"{count}: {listed}.", example, rounding])), "quiet")
        yield GAP

    def task(self) -> Iterator[Block]:
        exercise = self.steps.solution.exercise
        yield Heading((Words(exercise.title),))
        yield from map(_prose, task_lines(exercise, self.style))

    def marked(self, event: events.Marked) -> Iterator[Block]:
        word, said, carets = verdict_lines(event)
        sign = SIGNS.get(event.verdict, "") if self.style.glyphs.scripts else ""
        echo = reading(event)
        if echo and event.verdict != "invalid" and len(echo) < LONG_READING:
            said = [f"Read as {echo}.", *said]
        yield Prose((Words(f"{sign}{word}.", event.verdict), Words("".join(f" {text}" for text in said))))
        if carets:
            yield still([Words(f"    {line}")] for line in carets.splitlines())
        yield from () if event.goes_on else (GAP,)

    def solved(self, event: events.Solved, table: Table | None, *, behind: bool = True) -> Iterator[Block]:
        """The step of a settled question, with what is `behind` its formula; no `table` where what follows
        has it."""
        question, steps = event.question, self.steps
        side = steps.sides(question)
        if question.part == "formula":
            if event.shown and side.formula is not None:
                yield _fact(f"{target_text(question, self.style)} = {steps.text(side.formula)}")
        elif question.part != "value":
            yield _fact(equation_text(side, steps))
        elif table:
            rule = self.style.prose(steps.step(question).rule)
            yield Prose((Maths(side.name, "asked"), Words("  "), Words(rule, "rule")))
            yield table
            if behind and question.place is not None:
                yield from (_fact(f"where {text}") for text in behind_texts(side, steps))
        if event.own:
            answer = steps.answer(question, event.own)[:MAX_ANSWER]
            said = " is yours, from your earlier value; go on with it."
            yield Facts(((Words(f"{target_text(question, self.style)} = {answer}", "yours"), Words(said)),))
        if table and (users := needed_for(question, steps)):
            yield _prose(f"Needed for {users}.", "quiet")
        yield GAP

    def hinted(self, event: events.Hinted) -> Iterator[Block]:
        is_last = event.level == event.levels
        yield _prose(
            ("The answer: " if is_last else f"Hint {event.level} of {event.levels}: ") + event.text, "hint"
        )
        yield from () if is_last else (GAP,)

    def explained(self, event: events.Explained) -> Iterator[Block]:
        from backprop_tutor.render.subjects.why import why_blocks

        yield from why_blocks(event.question, self.steps, event.level)
        yield GAP

    def skipped(self, event: events.Skipped) -> Iterator[Block]:
        yield _prose(skipped_text(event, self.steps))
        yield GAP

    def guessed(self, event: events.Guessed) -> Iterator[Block]:
        sign = SIGNS["correct" if event.right else "wrong"] if self.style.glyphs.scripts else ""
        yield _prose(f"{sign}{guessed_text(event)}", "correct" if event.right else "hint")
        yield GAP

    def tried(self, event: events.Tried) -> Iterator[Block]:
        yield from map(_prose, tried_lines(event, self.steps))
        yield GAP

    def filled(self, event: events.Filled) -> Iterator[Block]:
        yield _prose(filled_text(event, self.steps))
        yield GAP

    def turning(self, asked: events.Asked) -> Iterator[Block]:
        """Why one goes backwards, where that begins."""
        if text := turning_text(asked, self.steps):
            yield _prose(text)
            yield GAP

    def progress(self, asked: events.Asked, done: int) -> Progress:
        """`Forward pass 2 of 4 ━━━━━━━━━━━━ question 3 of 11`."""
        place = f" {asked.step} of {asked.steps}" if asked.steps > 1 else ""
        title = f"{PHASE_TITLES[asked.question.phase]}{place}"
        among = self.session.among
        said = Words(place_text(asked, among))
        done += among.before - self.session.given
        return Progress((Words(title, "section"),), done, among.in_all, (said,))

    def question(self, event: events.Asked) -> Iterator[Block]:
        """What is asked, and the words that may be typed in place of an answer."""
        question = event.question
        if event.before and event.verdict in RIGHT:
            before = self.steps.answer(question, event.before)
            said = f"You answered {before} ({event.verdict}). Answer again, or press Enter to go on."
            yield _prose(said, "quiet")
        yield from (_prose(text) for text in offers(event))
        yield self.defined(question)
        yield self.asked(question)

    def defined(self, question: Question) -> Prose:
        """What the quantity is that is asked."""
        return _prose(self.define(question), "definition")

    def asked(self, question: Question) -> Prose:
        """The question alone."""
        return _prose(question_text(question, self.steps), "question")

    def more(self, page: int, pages: int) -> Prose:
        """Below a page that is not the last."""
        return _prose(f"Enter turns the page ({page} of {pages}).", "hint")

    def words(self, width: int) -> Prose:
        between = " · " if self.style.glyphs.scripts else " | "
        words = [word for word in WORDS if word not in ("help", "fill")]
        with_help = between.join([*words, "help"])
        return _prose(with_help if len(with_help) <= width else between.join(words), "quiet")

    def known(self, state: State, *, everything: bool = False) -> list[Line]:
        """What is given and what was found, of it only what is needed now, or everything."""
        items = known(self.steps, self.session.questions, state, everything=everything)
        return [self._item(item) for item in items if item.needed or everything]

    def _item(self, item: Known) -> Line:
        name, text = ("name", "") if item.needed else ("quiet", "quiet")
        return Words(item.name, name), Words(f" = {item.text}", text)

    def help(self) -> Iterator[Block]:
        rows = tuple(Row((cell(Words(word, "name")), cell(meaning))) for word, meaning in WORDS.items())
        yield Table((Column(()), Column(())), rows, borders=False, edges=False)
        yield _prose(
            "An answer is a number such as -1, 0.5 or 1/3, a formula in the quantities such as 2*x[1] - 1, "
            "or a whole vector or matrix such as [1, 0] or [1, 0; -1, 1]."
        )
        yield GAP

    def ended(self, event: events.Event) -> Iterator[Block]:
        """How it went, where that was the last event."""
        if isinstance(event, events.Left | events.Finished):
            yield from self._summary(event.summary)

    def _summary(self, summary: Summary) -> Iterator[Block]:
        said = ", ".join(f"{label} {count}" for label, count in summary_rows(summary))
        yield Heading((Words("Done." if summary.complete else "So far:"),))
        yield _prose(f"{said[0].upper()}{said[1:]}.")

    def closing(self, sentences: Iterable[tuple[str, str]]) -> Iterator[Block]:
        """Titles, each with a text under it: misconceptions met, what to read, what to do next."""
        for title, text in sentences:
            first, *others = text.splitlines()
            yield Prose((Words(f"{title}: ", "section"), Words(first)))
            yield from map(_prose, others)


def _prose(text: str, role: str = "") -> Prose:
    return Prose((Words(text),), role)


def _fact(text: str) -> Facts:
    return Facts(((Words(text),),))
