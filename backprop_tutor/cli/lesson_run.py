"""One lesson as it goes on: shown, saved after every line, its answers taken for evidence."""

import sys
from collections.abc import Callable, Iterable, Iterator

from backprop_tutor.course.course import Course, LessonHead
from backprop_tutor.course.lesson_events import LessonEvent, Predicted
from backprop_tutor.course.lesson_loading import load_lesson
from backprop_tutor.course.lesson_session import LESSON_WORDS, LessonSession, Waiting
from backprop_tutor.course.lesson_state import Guess
from backprop_tutor.course.lesson_store import LessonStore
from backprop_tutor.language import Style
from backprop_tutor.render.screens.lesson_terminal import LessonPlain, LessonTerminal
from backprop_tutor.tutor.evidence import SHOWN, record

__all__ = ["LessonPainter", "Teaching"]

LessonPainter = LessonPlain | LessonTerminal


class Teaching:
    """`painter` gives who shows the lesson, for its style and its number; `plain` is for its exercises. It
    goes on where it was left, unless it begins `anew`."""

    def __init__(
        self,
        course: Course,
        head: LessonHead,
        store: LessonStore,
        painter: Callable[[Style, int], LessonPainter],
        *,
        plain: bool = False,
        notation: str | None = None,
        anew: bool = False,
    ) -> None:
        self.course, self.store = course, store
        self.plain, self.notation = plain, notation
        self.lesson = load_lesson(head.path)
        self.session = LessonSession(self.lesson)
        self.painter = painter(self._style(), head.number)
        progress = None if anew else store.progress(course, head)
        saved = progress.state(len(self.lesson.screens)) if progress else None
        self.state = saved or self.session.fresh()

    @property
    def waits_for(self) -> Waiting | None:
        """What is to come next; None when the lesson is over, or was left."""
        return None if self.session.is_over(self.state) else self.session.waits_for(self.state)

    @property
    def words(self) -> list[str]:
        """What may be typed beside an answer."""
        return [word for word in LESSON_WORDS if word != "Enter"]

    def begin(self) -> None:
        """Show the screen that is on."""
        self.state, happened = self.session.start(self.state)
        self._show(happened)

    def prompt(self) -> str:
        """What to show where a line is typed."""
        return self.painter.prompt(self.session.waits_for(self.state))

    def take(self, text: str) -> bool:
        """Go on with a typed line. Whether it was no wrong prediction."""
        screen = self.lesson.screens[self.state.at]
        self.state, happened = self.session.handle(self.state, text)
        self._show(happened)
        made = [event for event in happened if isinstance(event, Predicted)]
        for prediction, guess in made:
            if prediction.quantity:
                verdict = "correct" if guess.right else "wrong" if guess.text else SHOWN
                record(screen.exercise, prediction.quantity, verdict, place="learn")
        return all(event.guess.right for event in made)

    def exercise(self, lines: Iterator[str] | None = None) -> int:
        """The exercise of this screen, in a session of the tutor's: a person answers, or `lines`. The exit
        status."""
        from backprop_tutor.cli.session_run import Run, SessionOptions

        screen = self.lesson.screens[self.state.at]
        options = SessionOptions(screen.ask, plain=self.plain, notation=self.notation, place="learn")
        run = Run(screen.exercise, options)
        worked, status = run.conversed() if lines is None else run.replayed(lines)
        self.state, happened = self.session.practised(self.state, stayed=not worked.left)
        self._show(happened)
        return status

    def read_out(self) -> None:
        """Every screen, with the answers to its predictions, for whoever only reads."""
        state, happened = self.session.start()
        while not self.session.is_over(state):
            screen = self.lesson.screens[state.at]
            self.painter.paint(happened)
            if screen.prediction:
                self.painter.paint([Predicted(screen.prediction, Guess())])
            if screen.ask:
                asked = f"{', '.join(screen.ask)} of {screen.exercise.title}"
                self.painter.lines([f"To work out here: {asked}."])
            if screen.prediction:
                state, _ = self.session.handle(state, "skip")
            state, happened = self.session.handle(state, "")
            if not self.session.is_over(state) and self.session.waits_for(state) == "exercise":
                state, happened = self.session.practised(state, stayed=True)
        self.painter.paint(happened)

    def _show(self, happened: Iterable[LessonEvent]) -> None:
        self.painter.paint(happened)
        self.store.save(self.course, self.lesson.path, self.state)

    def _style(self) -> Style:
        from backprop_tutor.render.screen_style import style_for
        from backprop_tutor.walkthrough import lettering_of

        lettering = lettering_of(self.lesson.screens[0].exercise, self.notation)
        return style_for(sys.stdout.encoding, notation=lettering)
