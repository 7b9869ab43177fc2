"""A session on a terminal: one screen a turn, with the picture, what just happened, and the question. What is
longer than the screen comes in pages, and the question is on each of them."""

from collections.abc import Iterable

from backprop_tutor.render.blocks import Block, Facts, Prose, Words
from backprop_tutor.render.painters.terminal import Drawn, TerminalPainter
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.screens.known_quantities import in_sight
from backprop_tutor.render.screens.session_texts import target_text
from backprop_tutor.render.subjects.asked_table import asked_tables, solved_tables
from backprop_tutor.render.subjects.session import SessionBlocks
from backprop_tutor.tutor import events
from backprop_tutor.tutor.events import Asked, Event
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.state import State

__all__ = ["SessionTerminal"]

LEFT_FOR_NEXT = 16  # rows: a verdict, the next question, its picture, what it needs
LONG = 6  # rows of a message from which it has a page of its own rather than the picture's room
SHORT = 2  # rows of a definition that stands on every page
LEAST_PICTURE = 4  # rows
EMPTY: list[Drawn] = [[]]  # a row between two parts, where there is room for one


class SessionTerminal:
    """Paints events by means of `painter`."""

    def __init__(self, steps: Steps, session: Session, painter: TerminalPainter) -> None:
        self.steps, self.session, self.style = steps, session, steps.style
        self.painter = painter
        self.blocks = SessionBlocks(steps, session)
        self.board = Blackboard(steps.solution, steps.style, close=True)
        self._happened: list[Event] = []  # since the last answer, and so on this screen
        self._notes: list[str] = []
        self._state: State | None = None
        self._page = 0
        self._is_first = True  # below what stands on the screen already

    def paint(self, happened: Iterable[Event], state: State) -> None:
        """Everything that happened since the last answer, and the question that is on."""
        self._happened, self._state, self._page = [*happened], state, 0
        if not state.is_over:
            self._show()
        else:
            said = self.painter.lines(self.blocks.ended(self._happened[-1]))
            self._print([*self._told(None), *said], clear=False)
        self._notes.clear()

    def turn(self, text: str) -> bool:
        """Whether an empty line turned a page."""
        if text.strip() or self._page + 1 >= len(self._pages()):
            return False
        self._page += 1
        self._show()
        return True

    def redraw(self) -> None:
        """The same screen again, as in a window whose size has changed."""
        if self._state is not None and not self._state.is_over:
            self._page = min(self._page, len(self._pages()) - 1)
            self._show()

    def lines(self, texts: Iterable[str]) -> None:
        """Further text, on the next screen."""
        self._notes += texts

    def prompt(self, question: Question) -> str:
        """What input() shows: plain, so that editing the line cannot lose it."""
        return f"{target_text(question, self.style)} = "

    def closing(self, sentences: Iterable[tuple[str, str]]) -> None:
        """The last screen: how it went, the picture, what to do next."""
        state, ended = self._state, self._happened[-1]
        rows = self.painter.lines(self.blocks.closing(sentences))
        if state is None or not isinstance(ended, events.Finished):
            self._print(rows, clear=False)
            return
        above = [event for event in self._happened if isinstance(event, events.Marked | events.Hinted)]
        head = self.painter.lines(block for event in above for block in self._said(event, None))
        rows = [*self.painter.lines(self.blocks.ended(ended)), *rows]
        room = self.painter.height - 1 - len(rows)
        picture = self._picture(None, state, room - 1)
        head = head if len(head) + len(picture) <= room else []
        self._print([*head, *picture, *rows], clear=True)

    def _show(self) -> None:
        self._print(self._pages()[self._page], clear=True)

    def _pages(self) -> list[list[Drawn]]:
        """The screens of this turn: pages of what is to be read, and then the one with the picture."""
        assert self._state is not None
        asked = next(event for event in self._happened if isinstance(event, Asked))
        question, state, painter = asked.question, self._state, self.painter
        head = painter.lines([self.blocks.progress(asked, state.done)])
        end = painter.lines(self.blocks.question(asked))
        room = painter.height - len(head) - len(end) - 2  # the words, and the prompt
        said = self._told(question)
        facts = painter.lines(self._facts(state))
        left = room - len(facts) - len(said)
        pages: list[list[Drawn]] = []
        below = painter.lines([self.blocks.asked(question)])  # on a page that is not the last
        definition = painter.lines([self.blocks.defined(question)])
        below = [*definition, *below] if len(definition) <= SHORT else below
        if left < 0 or (left < LEAST_PICTURE and len(said) > LONG):
            size = max(painter.height - len(head) - len(below) - 2, 1)
            pages = [said[start : start + size] for start in range(0, len(said), size)]
            said, left = [], room - len(facts)
            if pages and len(facts) + LEAST_PICTURE + len(pages[-1]) <= room:
                said = pages.pop()
                left -= len(said)
        facts = facts[: max(room - len(said), 0)]
        above = [*self._step(question, state, left), *facts]
        spare = room - len(above) - len(said)
        last = [*above, *EMPTY[: max(spare, 0) if said else 0], *said, *EMPTY[: max(spare - bool(said), 0)]]
        total = len(pages) + 1
        words = [self.blocks.words(painter.width)]
        turned = [
            [*head, *page, *below, *painter.lines([self.blocks.more(number, total)])]
            for number, page in enumerate(pages, 1)
        ]
        return [*turned, [*head, *last, *end, *painter.lines(words)]]

    def _told(self, following: Question | None) -> list[Drawn]:
        """What is to be read of this turn: notes, and all that happened but the question itself."""
        blocks = [*map(_prose, self._notes)]
        rows = self.painter.lines(blocks)
        for event in self._happened:
            rows += self.painter.lines(self._said(event, following))
        while rows and not any(segment.text.strip() for segment in rows[-1]):
            rows.pop()
        return rows

    def _said(self, event: Event, following: Question | None) -> Iterable[Block]:
        match event:
            case events.Opened():
                return self.blocks.opened(event)
            case events.Asked():
                return self.blocks.turning(event)
            case events.Marked():
                return self.blocks.marked(event)
            case events.Guessed():
                return self.blocks.guessed(event)
            case events.Hinted():
                return self.blocks.hinted(event)
            case events.Explained():
                return self.blocks.explained(event)
            case events.Tried():
                return self.blocks.tried(event)
            case events.Solved():
                return self._solved(event, following)
            case events.Skipped():
                return self.blocks.skipped(event)
            case events.Filled():
                return self.blocks.filled(event)
            case events.KnownListed():
                return self._listed()
            case events.Told(text):
                return (_prose(text),)
            case events.Helped():
                return self.blocks.help()
        return ()

    def _solved(self, event: events.Solved, following: Question | None) -> Iterable[Block]:
        """The step of a settled question, as much of it as leaves the next one in sight."""
        if event.question.part != "value" or _goes_on(event, following):
            return self.blocks.solved(event, None)
        tables = [*solved_tables(self.steps, event.question)]
        for table, behind in [*((table, True) for table in tables), (tables[-1], False)]:
            shown = [*self.blocks.solved(event, table, behind=behind)]
            if len(self.painter.lines(shown)) <= self.painter.height - LEFT_FOR_NEXT:
                return shown
        return self.blocks.solved(event, None)

    def _step(self, question: Question, state: State, room: int) -> list[Drawn]:
        """The picture, and the table of the step where there is room for both."""
        picture = self._picture(question, state, room)
        for table in asked_tables(self.steps, self.session.questions, state, self.session.hints):
            rows = self.painter.lines([table])
            if len(picture) + len(rows) <= room:
                return [*picture, *rows]
        return picture

    def _picture(self, question: Question | None, state: State, room: int) -> list[Drawn]:
        """The fullest drawing that there is room for, at least its nodes in a row."""
        step = self.steps.step(question) if question else None
        needed = self.steps.needed(question) if question else ()
        index = question.place if question and question.part != "upstream" else None
        sight = in_sight(self.steps, self.session.questions, state)
        drawn = self.painter.lines([self.board.draw(step, index, sight, self.painter.width, room, needed)])
        return drawn if len(drawn) <= room else []

    def _facts(self, state: State) -> list[Block]:
        items = self.blocks.known(state)
        return [Facts(tuple(items))] if items else []

    def _listed(self) -> Iterable[Block]:
        assert self._state is not None
        yield from self.blocks.task()
        yield Facts(tuple(self.blocks.known(self._state, everything=True)))

    def _print(self, rows: Iterable[Drawn], *, clear: bool) -> None:
        """The rows, on an empty screen."""
        if clear and not self._is_first:
            self.painter.clear()
        self._is_first = False
        for row in rows:
            self.painter.show(row)


def _prose(text: str) -> Prose:
    return Prose((Words(text),))


def _goes_on(event: events.Solved, following: Question | None) -> bool:
    """Whether the table of the next question has the step of this one in it."""
    return following is not None and following.quantity == event.question.quantity and not event.own
