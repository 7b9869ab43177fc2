"""A lesson as blocks: its screens, what became of a prediction, its end."""

from collections.abc import Iterable, Iterator
from shlex import quote

from backprop_tutor.course.lesson import Lesson, LessonPrediction
from backprop_tutor.course.lesson_events import LessonEnded, Predicted, ScreenShown
from backprop_tutor.course.lesson_state import Guess
from backprop_tutor.course.lesson_text import Figure, Named, Paragraph, Piece, Said, amount_text
from backprop_tutor.language import Style
from backprop_tutor.render.blocks import (
    Block,
    Content,
    Heading,
    Line,
    Maths,
    Progress,
    Prose,
    Words,
    line_text,
)

__all__ = ["BLANK", "LessonBlocks", "lesson_contents", "paragraphs"]

BLANK = Prose(())
INSET = "   "


class LessonBlocks:
    """Makes the blocks of one lesson; `number` is its place in the course."""

    def __init__(self, number: int) -> None:
        self.number = number

    def head(self, event: ScreenShown) -> Iterator[Block]:
        """Which lesson this is, and how far."""
        title = f"Lesson {self.number}: {event.lesson.title}"
        said = f"{event.number} of {event.screens}"
        yield Progress((Words(title, "section"),), event.number, event.screens, (Words(said),))
        yield BLANK
        if event.number == 1:
            yield Prose((Words(event.lesson.question),), "question")
            yield BLANK
        elif event.screen.title:
            yield Heading((Words(event.screen.title),))
            yield BLANK

    def asked(self, prediction: LessonPrediction) -> Iterator[Block]:
        """The question, and the answers to choose from."""
        yield BLANK
        yield from paragraphs(prediction.ask, "question")
        for place, choice in enumerate(prediction.choices, 1):
            yield Prose((Words(f"{INSET}{place}  ", "asked"), *_line(choice.say)))

    def answered(self, event: Predicted) -> Iterator[Block]:
        """Whether the prediction was right, what is so, and why."""
        prediction, guess = event.prediction, event.guess
        yield BLANK
        yield Prose(verdict(prediction, guess), "correct" if guess.right else "section")
        if not guess.right and guess.choice >= 0:
            yield from paragraphs(prediction.choices[guess.choice].but)
        yield BLANK
        yield from paragraphs(prediction.then)

    def due(self) -> Iterator[Block]:
        yield BLANK
        yield Prose((Words("hint helps. After quit, the lesson goes on from here."),), "section")
        yield BLANK

    def ended(self, event: LessonEnded) -> Iterator[Block]:
        """What one knows now, how the predictions went, and where to go on."""
        lesson = event.lesson
        yield Heading((Words(f"Lesson {self.number} is done: {lesson.title}"),))
        yield BLANK
        yield from paragraphs(lesson.idea)
        if event.guesses:
            yield BLANK
            yield Prose((Words(f"Predictions: {event.right} of {event.guesses} right."),))
        names = [lesson.exercise, *lesson.further]
        yield BLANK
        yield Prose((Words("The whole exercise:" if len(names) == 1 else "To practise:"),), "section")
        for name in names:
            yield Prose((Words(f"{INSET}backprop-tutor run {quote(name)}"),))
        yield BLANK


def lesson_contents(lesson: Lesson, style: Style) -> list[str]:
    """What is in a lesson, a line each, for whoever wrote it: every prediction with the answer proved."""
    count = len(lesson.screens)
    lines = [f"question: {lesson.question}", f"exercise: {lesson.exercise}", f"screens: {count}"]
    for number, screen in enumerate(lesson.screens, 1):
        if screen.prediction:
            ask, answer = _line(screen.prediction.ask), verdict(screen.prediction, Guess())
            lines.append(f"screen {number}: {line_text(ask, style)} {line_text(answer, style)}")
        if screen.ask:
            lines.append(f"screen {number}: to work out: {', '.join(screen.ask)}")
    return lines


def verdict(prediction: LessonPrediction, guess: Guess) -> Line:
    """`Right.`, or what was said and what is so."""
    is_so: Line
    if prediction.number is not None:
        is_so = (Words(f"{prediction.answer_text}."),)
    else:
        is_so = _line(prediction.choices[prediction.right].say)
    if guess.right:
        return Words("✓ Right. "), *is_so
    if not guess.text:
        return Words("The answer: "), *is_so
    said: Line = (Words(f"{guess.text}."),)
    if guess.choice >= 0:
        said = _line(prediction.choices[guess.choice].say)
    return Words("✗ You said: "), *said, Words(" In fact: "), *is_so


def paragraphs(text: Iterable[Paragraph], role: str = "") -> Iterator[Block]:
    """Paragraphs with an empty line between, but not between lines that stand by themselves."""
    before: Paragraph | None = None
    for paragraph in text:
        if before is not None and not (before.kept and paragraph.kept):
            yield BLANK
        line = tuple(map(_content, paragraph.pieces))
        yield Prose((Words(INSET), *line) if paragraph.kept else line, role)
        before = paragraph


def _line(text: Iterable[Paragraph]) -> Line:
    return tuple(_content(piece) for paragraph in text for piece in paragraph.pieces)


def _content(piece: Piece) -> Content:
    match piece:
        case Said(words, stressed):
            return Words(words, "section" if stressed else "")
        case Named(expr):
            return Maths(expr, "name")
        case Figure(amount):
            return Words(amount_text(amount), "value")
