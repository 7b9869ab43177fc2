"""A session on a terminal: what happened since the last answer, then the question, never more than fits."""

from collections.abc import Iterable

from backprop_tutor.render.blocks import Block, Facts, Line, Prose, Words, still
from backprop_tutor.render.painters.terminal import Drawn, TerminalPainter
from backprop_tutor.render.picture import Picture
from backprop_tutor.render.session_texts import target_text
from backprop_tutor.render.subjects.asked_table import asked_tables, solved_tables
from backprop_tutor.render.subjects.session import SessionBlocks
from backprop_tutor.tutor import events
from backprop_tutor.tutor.events import Asked, Event
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import State

__all__ = ["SessionTerminal"]

MOST_KNOWN = 4  # rows of what is known
LEFT_FOR_NEXT = 14  # rows: a verdict, the next question, what it needs
REST = (Words("(show: the rest)", "quiet"),)


class SessionTerminal:
    """Paints events by means of `painter`."""

    def __init__(self, steps: Steps, session: Session, painter: TerminalPainter) -> None:
        self.steps, self.session, self.style = steps, session, steps.style
        self.painter = painter
        self.blocks = SessionBlocks(steps, session)
        self.picture = Picture(steps.solution, steps.style)
        self._asked: Asked | None = None
        self._is_apart = True  # whether an empty row, or nothing, was printed last
        self._below = 0  # rows since the drawing, or what is known, was last shown

    def paint(self, happened: Iterable[Event], state: State) -> None:
        """Everything that happened since the last answer, and the question that is on."""
        happened = [*happened]
        following = next((event.question for event in happened if isinstance(event, Asked)), None)
        rows: list[Drawn] = []
        self._below += 1  # what was typed
        for event in happened:
            if isinstance(event, Asked):
                rows += self._question(event, state, len(rows))
            elif isinstance(event, events.KnownListed):
                self._below = -len(rows)
                rows += self._listed(state)
            elif isinstance(event, events.Solved):
                rows += self._solved(event, following)
            else:
                rows += self.painter.lines(self._said(event))
        self._below += len(rows)
        self._print(rows)

    def redraw(self, state: State) -> None:
        """The question that is on again, as in a window whose size has changed."""
        asked, self._asked = self._asked, None
        if asked is not None and not state.is_over:
            self._below = 0
            self.paint([asked], state)

    def lines(self, texts: Iterable[str]) -> None:
        """Further text, broken into lines."""
        self._print(self.painter.lines(Prose((Words(text),)) for text in texts))

    def prompt(self, question: Question) -> str:
        """What input() shows: plain, so that editing the line cannot lose it."""
        return f"{target_text(question, self.style)} = "

    def closing(self, sentences: Iterable[tuple[str, str]]) -> None:
        self._print(self.painter.lines(self.blocks.closing(sentences)))

    def _said(self, event: Event) -> Iterable[Block]:
        match event:
            case events.Opened():
                return self.blocks.opened(event)
            case events.Marked():
                return self.blocks.marked(event)
            case events.Hinted():
                return self.blocks.hinted(event)
            case events.Explained():
                return self.blocks.explained(event)
            case events.Skipped():
                return self.blocks.skipped(event)
            case events.Told(text):
                return (Prose((Words(text),)), Prose(()))
            case events.Helped():
                return self.blocks.help()
            case events.Left(summary) | events.Finished(summary):
                return self.blocks.summary(summary)
        return ()

    def _solved(self, event: events.Solved, following: Question | None) -> list[Drawn]:
        """The step of a settled question, as much of it as leaves the next one in sight."""
        if event.question.part != "value" or _goes_on(event, following):
            return self.painter.lines(self.blocks.solved(event, None))
        rows: list[Drawn] = []
        tables = [*solved_tables(self.steps, event.question)]
        for table, behind in [*((table, True) for table in tables), (tables[-1], False)]:
            rows = self.painter.lines(self.blocks.solved(event, table, behind=behind))
            if following is None or len(rows) <= self.painter.height - LEFT_FOR_NEXT:
                break
        return rows

    def _question(self, event: Asked, state: State, used: int) -> list[Drawn]:
        """The question, with as much of the picture, the table and what is known as there is room for."""
        question = event.question
        again = self._asked is not None and self._asked.question == question
        self._asked = event
        ask = self.blocks.question(event, again=again)
        end = self.painter.lines([*ask, self.blocks.words(self.painter.width)])
        if again and self._below + used + len(end) < self.painter.height:  # all of it is still in sight
            return end
        self._below = -used
        head = self.painter.lines([self.blocks.progress(event, state.done)])
        whole = self.painter.height - len(head) - len(end) - 2  # the prompt, and what is typed into it
        facts = self._facts(self.blocks.known(state), min(MOST_KNOWN, whole - 1))
        compact = self._compact(question)
        room = max(whole - used, min(whole, len(compact) + len(facts)))  # else what is above scrolls away
        return [*head, *self._step(question, state, room - len(facts), compact), *facts, *end]

    def _step(self, question: Question, state: State, room: int, compact: list[Drawn]) -> list[Drawn]:
        """The picture and the table: the fullest that fit, and of the two the picture where only one does."""
        picture = self._picture(question, room)
        made: list[list[Drawn]] = []
        for table in asked_tables(self.steps, self.session.questions, state, self.session.hints):
            made.append(self.painter.lines([table]))
            if picture and len(picture) + len(made[-1]) <= room:
                return [*picture, *made[-1]]
        for rows in made:
            if len(compact) + len(rows) <= room:
                return [*compact, *rows]
        return picture or (compact if len(compact) <= room else [])

    def _picture(self, question: Question, room: int) -> list[Drawn]:
        """The fullest drawing; nothing where there is no room for one."""
        step, needed = self.steps.step(question), self.steps.needed(question)
        drawn = self.picture.draw(step, question.place, self.painter.width, room, needed)
        return self.painter.lines([still(drawn)]) if drawn else []

    def _compact(self, question: Question) -> list[Drawn]:
        return self.painter.lines([self.picture.compact(self.steps.step(question))])

    def _facts(self, items: list[Line], height: int) -> list[Drawn]:
        """The first of `items`, as many as `height` rows hold."""
        rows = self.painter.lines([Facts(tuple(items))]) if items else []
        while items and len(rows) > height:
            items.pop()
            rows = self.painter.lines([Facts((*items, REST))])
        return rows if items else []

    def _listed(self, state: State) -> list[Drawn]:
        drawn = self.picture.draw(None, None, self.painter.width, self.painter.height) or []
        shown: list[Block] = [*self.blocks.task(), still(drawn)]
        shown.append(Facts(tuple(self.blocks.known(state, everything=True))))
        return self.painter.lines([*shown, Prose(())])

    def _print(self, rows: Iterable[Drawn]) -> None:
        """The rows, with no more than one empty one between two others."""
        for row in rows:
            is_empty = not any(segment.text for segment in row)
            if not (is_empty and self._is_apart):
                self.painter.show(row)
            self._is_apart = is_empty


def _goes_on(event: events.Solved, following: Question | None) -> bool:
    """Whether the table of the next question has the step of this one in it."""
    return following is not None and following.quantity == event.question.quantity and not event.own
