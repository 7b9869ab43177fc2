"""A lesson on a terminal, a screen at a time, and as plain lines."""

from collections.abc import Callable, Iterable, Iterator

from backprop_tutor.course.lesson import Lesson
from backprop_tutor.course.lesson_events import (
    ExerciseDue,
    LessonEnded,
    LessonEvent,
    LessonLeft,
    Predicted,
    Remarked,
    ScreenShown,
)
from backprop_tutor.course.lesson_session import LESSON_WORDS, Waiting
from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Block, Prose, Words
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.painters.terminal import Drawn, TerminalPainter
from backprop_tutor.render.pictures.lesson_pictures import LessonPictures
from backprop_tutor.render.subjects.lesson import BLANK, LessonBlocks, paragraphs

__all__ = ["LessonPlain", "LessonTerminal", "too_tall"]

PROMPT_ROWS = 2  # the words, and what is typed
LEAST_PICTURE = 6  # rows; where fewer are left, the screen is paged


class LessonTerminal:
    """Paints events by means of `painter`. `more` waits for the reader where a screen is longer than the
    window; `clear` gives an empty window."""

    def __init__(
        self, painter: TerminalPainter, number: int, clear: Callable[[], None], more: Callable[[], None]
    ) -> None:
        self.painter, self.clear, self.more = painter, clear, more
        self.blocks = LessonBlocks(number)
        self.pictures = LessonPictures(painter.style)
        self._since: list[LessonEvent] = []  # the screen that is on, and what happened on it
        self._words = ""
        self._rows = 0  # since the window was cleared

    def paint(self, happened: Iterable[LessonEvent]) -> None:
        for event in happened:
            if isinstance(event, ScreenShown | LessonEnded):
                self._since = []
            self._since = [*(kept for kept in self._since if not isinstance(kept, Remarked)), event]
            rows = self.screen(event) if isinstance(event, ScreenShown) else self._lines(event)
            shown = self._since[0]
            if shown is event:
                self._clear()
            elif isinstance(shown, ScreenShown) and self._rows + len(rows) > self._full:
                self._clear()  # or else the question would scroll away
                self._show(self._again(shown, len(rows)))
            self._show(rows)

    def redraw(self) -> None:
        """The same once more, in a window that has changed."""
        self.paint(self._since[:])
        self._print(self.painter.lines([Prose((Words(self._words),), "quiet")]))

    @property
    def _full(self) -> int:
        """The rows that a screen may take."""
        return max(self.painter.height - PROMPT_ROWS, 5)

    def _lines(self, event: LessonEvent) -> list[Drawn]:
        return self.painter.lines(_said(self.blocks, event))

    def _clear(self) -> None:
        self._rows = 0
        self.clear()

    def _again(self, event: ScreenShown, after: int) -> list[Drawn]:
        """The screen once more, with so many rows to come after it; only its question where there is no room
        for both."""
        rows = self.screen(event, after)
        if len(rows) + after <= self._full or event.screen.prediction is None:
            return rows
        asked = [*self.blocks.head(event), *self.blocks.asked(event.screen.prediction)]
        return _squeezed(self.painter.lines(asked), self._full - after)

    def screen(self, event: ScreenShown, after: int = 0) -> list[Drawn]:
        """The rows of one screen; its picture takes what the words leave, and `after` rows are to follow."""
        screen, painter = event.screen, self.painter
        above = painter.lines([*self.blocks.head(event), *paragraphs(screen.say)])
        below = painter.lines(_below(self.blocks, event))
        room = self._full - len(above) - len(below) - after - 1
        picture: list[Drawn] = []
        if screen.picture:
            drawn = self.pictures.blocks(screen.picture, screen.solution, max(room, LEAST_PICTURE))
            picture = painter.lines([BLANK, *drawn])
        return _squeezed([*above, *picture, *below], self._full - after)

    def prompt(self, waiting: Waiting) -> str:
        """What stands before what is typed, below the words that may be."""
        first = "your guess, or skip" if waiting == "guess" else "Enter: go on"
        between = " · " if self.painter.style.glyphs.scripts else " | "
        self._words = between.join([first, *(word for word in LESSON_WORDS if word != "Enter")])
        self._print(self.painter.lines([Prose((Words(self._words),), "quiet")]))
        self._rows += 1  # what is typed
        return "> "

    def lines(self, texts: Iterable[str]) -> None:
        self._print(self.painter.lines(Prose((Words(text),)) for text in texts))

    def _show(self, rows: list[Drawn]) -> None:
        """The rows, a window at a time."""
        while len(rows) > self._full:
            self._print(rows[: self._full - 1])
            rows = rows[self._full - 1 :]
            self.more()
        self._print(rows)

    def _print(self, rows: Iterable[Drawn]) -> None:
        for row in rows:
            self.painter.show(row)
            self._rows += 1


def _squeezed(rows: list[Drawn], height: int) -> list[Drawn]:
    """The rows without as many of the empty ones, the first ones first, as are too many for the window."""
    too_many = len(rows) - height
    kept = []
    for row in rows:
        if too_many > 0 and not "".join(segment.text for segment in row).strip():
            too_many -= 1
        else:
            kept.append(row)
    return kept


def too_tall(lesson: Lesson, painter: TerminalPainter) -> list[int]:
    """The numbers of the screens that have no room in the window of `painter`."""
    terminal = LessonTerminal(painter, 1, lambda: None, lambda: None)
    count = len(lesson.screens)
    screens = (ScreenShown(lesson, screen, n, count) for n, screen in enumerate(lesson.screens, 1))
    return [s.number for s in screens if len(terminal.screen(s)) > painter.height - PROMPT_ROWS]


class LessonPlain:
    """Gives out lines, one fact a line."""

    def __init__(self, style: Style, number: int) -> None:
        self.style = style
        self.painter = PlainPainter(style)
        self.blocks = LessonBlocks(number)
        self.pictures = LessonPictures(style)

    def paint(self, happened: Iterable[LessonEvent]) -> None:
        for event in happened:
            for line in self.painter.paint(self._blocks(event)):
                if line.strip():
                    print(line)

    def redraw(self) -> None:
        """What was printed stays."""

    def prompt(self, waiting: Waiting) -> str:
        return "Your guess: " if waiting == "guess" else "Enter goes on: "

    def lines(self, texts: Iterable[str]) -> None:
        for text in texts:
            print(text)

    def _blocks(self, event: LessonEvent) -> Iterator[Block]:
        if not isinstance(event, ScreenShown):
            yield from _said(self.blocks, event)
            return
        screen = event.screen
        yield from self.blocks.head(event)
        yield from paragraphs(screen.say)
        if screen.picture:
            yield from self.pictures.blocks(screen.picture, screen.solution, LEAST_PICTURE)
        yield from _below(self.blocks, event)


def _below(blocks: LessonBlocks, event: ScreenShown) -> Iterator[Block]:
    """The question of a screen, and what was answered to it before."""
    prediction = event.screen.prediction
    if prediction:
        yield from blocks.asked(prediction)
        if event.guess is not None:
            yield from blocks.answered(Predicted(prediction, event.guess))
    yield BLANK


def _said(blocks: LessonBlocks, event: LessonEvent) -> Iterator[Block]:
    match event:
        case Predicted():
            yield from blocks.answered(event)
            yield BLANK
        case ExerciseDue():
            yield from blocks.due()
        case Remarked(text):
            yield Prose((Words(text),))
        case LessonEnded():
            yield from blocks.ended(event)
        case LessonLeft():
            return
