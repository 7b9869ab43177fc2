"""The loops around a course: the map, a lesson and the exercises within it, for a person or for a pipe."""

import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

from backprop_tutor.cli.conversation import lines_of, typed_line
from backprop_tutor.cli.showing import show
from backprop_tutor.cli.streams import standard_input
from backprop_tutor.course.course import Course, LessonHead
from backprop_tutor.course.lesson import Screen
from backprop_tutor.course.lesson_events import ExerciseDue, Guess, LessonEvent, Predicted
from backprop_tutor.course.lesson_loading import load_lesson
from backprop_tutor.course.lesson_session import LessonSession, LessonState
from backprop_tutor.course.lesson_store import LessonProgress, LessonStore
from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.language import Style
from backprop_tutor.render.lesson_terminal import LessonPlain, LessonTerminal
from backprop_tutor.render.subjects.course_map import course_json, course_map, next_lesson
from backprop_tutor.tutor.state import State
from backprop_tutor.tutor.store import state_folder

__all__ = ["Learning", "LearningOptions"]

INTERRUPTED = 130
LEAVING = ("q", "quit", "exit")
LessonPainter = LessonPlain | LessonTerminal
TO_READ = "Standard input holds no answers, so this is the lesson to read, with the answers."


class LearningOptions(NamedTuple):
    restart: bool = False
    plain: bool = False
    as_json: bool = False
    notation: str | None = None


class _Gone(Exception):  # noqa: N818 - a learner may leave at any time
    """The learner ended the program, with this exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Learning:
    """A learner in a course."""

    def __init__(self, course: Course, options: LearningOptions) -> None:
        self.course, self.options = course, options
        self.store = LessonStore(state_folder())
        self.plain = options.plain or os.environ.get("TERM") == "dumb"
        self._on = ""  # the lesson that is being taught

    def start(self, lesson: LessonHead | None) -> int:
        """The map, or one lesson. The exit status."""
        try:
            if self.options.as_json:
                print(course_json(self.course, self._places(lesson)))
                return 0
            if sys.stdin.isatty():
                return self._attended(lesson)
            if lesson is None:
                self._show_map()
                return 0
            return self._replayed(lesson)
        except _Gone as gone:
            return gone.status
        finally:
            for note in dict.fromkeys(self.store.notes):
                print(note, file=sys.stderr)

    def _places(self, only: LessonHead | None = None) -> list[tuple[LessonHead, LessonProgress | None]]:
        heads = [only] if only else self.course.lessons
        return [(head, self.store.progress(self.course, head)) for head in heads]

    def _show_map(self) -> None:
        from backprop_tutor.render.screen_style import plain_style

        places = self._places()
        show(course_map(self.course, places), plain_style(sys.stdout.encoding), plain=self.plain)
        following = next_lesson(places)
        number = following.number if following else self.course.lessons[0].number
        if not sys.stdin.isatty():
            print(f"Begin with: backprop-tutor learn {self.course.argument(str(number))}")

    # A person

    def _attended(self, lesson: LessonHead | None) -> int:
        """From the map to a lesson and back, until the learner leaves."""
        while True:
            lesson = lesson or self._chosen()
            try:
                state = self._taught(lesson)
            except BackpropTutorError as error:
                if len(self.course.paths) == 1:
                    raise
                print(error)
                state = None
            if state is None or state.to_map:
                lesson = None
            elif state.left:
                return 0
            else:
                lesson = self._onwards(lesson)

    def _chosen(self) -> LessonHead:
        """The lesson that the learner takes from the map."""
        self._show_map()
        following = next_lesson(self._places())
        onwards = f"Enter for {following.number}, " if following else ""
        while True:
            text = self._read(f"Lesson ({onwards}a number, quit): ").strip()
            if text.casefold() in LEAVING:
                raise _Gone(0)
            if not text and following:
                return following
            try:
                return self.course.find(text)
            except UsageError as error:
                print(error.hint if not text else error)

    def _onwards(self, lesson: LessonHead) -> LessonHead | None:
        """The lesson after this one, if it is wanted; None for the map."""
        after = next((head for head in self.course.lessons if head.number == lesson.number + 1), None)
        if after is None:
            print("That was the last lesson of this course.")
            raise _Gone(0)
        while True:
            text = self._read(f"Enter: lesson {after.number}, {after.title}; or map, quit: ").strip()
            if text.casefold() in LEAVING:
                raise _Gone(0)
            if text.casefold() in ("m", "map"):
                return None
            if not text:
                return after
            try:
                return self.course.find(text)
            except UsageError as error:
                print(error)

    def _taught(self, head: LessonHead) -> LessonState:
        """One lesson, asked of a person."""
        session, painter = self._session(head)
        self._on = session.lesson.name
        progress = None if self.options.restart else self.store.progress(self.course, head)
        saved = progress.state(len(session.lesson.screens)) if progress else None
        state, happened = session.start(saved)
        while True:
            state = self._painted(session, painter, state, happened)
            if session.is_over(state):
                if state.left and not state.to_map:
                    self._say_goodbye()
                self._on = ""
                return state
            text = self._read(painter.prompt(session.waits_for(state)))
            state, happened = session.handle(state, text)

    def _painted(
        self,
        session: LessonSession,
        painter: LessonPainter,
        state: LessonState,
        happened: list[LessonEvent],
    ) -> LessonState:
        """Show what happened, with the exercises in it; the state after them."""
        painter.paint(happened)
        self.store.save(self.course, session.lesson.path, state)
        while any(isinstance(event, ExerciseDue) for event in happened):
            screen = session.lesson.screens[state.at]
            worked, status = self._exercise(screen)
            if status == INTERRUPTED:
                self._say_goodbye()
                raise _Gone(status)
            state, happened = session.practised(state, stayed=not worked.left)
            painter.paint(happened)
            self.store.save(self.course, session.lesson.path, state)
        return state

    def _exercise(self, screen: Screen, lines: Iterator[str] | None = None) -> tuple[State, int]:
        from backprop_tutor.cli.session_run import Run, SessionOptions

        options = SessionOptions(screen.ask, plain=self.plain, notation=self.options.notation, embedded=True)
        run = Run(screen.exercise, options)
        return run.conversed() if lines is None else run.replayed(lines)

    def _read(self, prompt: str) -> str:
        """One line of a person's. After Ctrl-C or the end of input the lesson goes on another time."""
        try:
            return typed_line(prompt)
        except (EOFError, KeyboardInterrupt) as stop:
            print()
            self._say_goodbye()
            raise _Gone(INTERRUPTED if isinstance(stop, KeyboardInterrupt) else 0) from None

    def _say_goodbye(self) -> None:
        if self._on:
            print(f"Saved. Go on with: backprop-tutor learn {self.course.argument(self._on)}")

    def _session(self, head: LessonHead, *, asking: bool = True) -> tuple[LessonSession, LessonPainter]:
        lesson = load_lesson(head.path)
        style = self._style(lesson.screens[0])
        if self.plain or not asking:
            return LessonSession(lesson), LessonPlain(style, head.number)
        from backprop_tutor.cli.screen import screen
        from backprop_tutor.render.painters.terminal import TerminalPainter

        console = screen()
        painter = LessonTerminal(TerminalPainter(console, style), head.number, console.clear, self._more)
        return LessonSession(lesson), painter

    def _more(self) -> None:
        self._read("-- Enter: the rest of this screen -- ")

    def _style(self, screen: Screen) -> Style:
        from backprop_tutor.render.screen_style import style_for
        from backprop_tutor.walkthrough import lettering_of

        lettering = lettering_of(screen.exercise, self.options.notation)
        return style_for(sys.stdout.encoding, notation=lettering)

    # A pipe

    def _replayed(self, head: LessonHead) -> int:
        """Each line answers the next prediction or question; from an empty pipe the lesson to read."""
        session, painter = self._session(head, asking=False)
        lines = lines_of(standard_input())
        first = next(lines, None)
        if first is None:
            print(TO_READ)
            self._read_out(session, painter)
            return 0
        answers, all_right = _chained(first, lines), True
        state, happened = session.start()
        painter.paint(happened)
        while not session.is_over(state):
            match session.waits_for(state):
                case "exercise":
                    worked, status = self._exercise(session.lesson.screens[state.at], answers)
                    all_right &= status == 0
                    state, happened = session.practised(state, stayed=not worked.left)
                case "guess":
                    text = next(answers, None)
                    if text is None:
                        print("There are no more lines: the lesson is not finished.")
                        all_right = False
                        break
                    state, happened = session.handle(state, text)
                    all_right &= all(event.guess.right for event in happened if isinstance(event, Predicted))
                case "line":
                    state, happened = session.handle(state, "")
            painter.paint(happened)
        self.store.save(self.course, session.lesson.path, state)
        return 0 if all_right else 1

    def _read_out(self, session: LessonSession, painter: LessonPainter) -> None:
        state, happened = session.start()
        painter.paint(event for event in happened if not isinstance(event, ExerciseDue))
        while not session.is_over(state):
            screen = session.lesson.screens[state.at]
            if screen.prediction:
                painter.paint([Predicted(screen.prediction, Guess())])
            if screen.ask:
                names = ", ".join(screen.ask)
                print(f"To work out here: {names} of {screen.exercise.title}.")
            state, happened = session.handle(_settled(state), "")
            painter.paint(event for event in happened if not isinstance(event, ExerciseDue))


def _settled(state: LessonState) -> LessonState:
    """`state` with nothing left to do on its screen."""
    guesses = (*state.guesses[: state.at], Guess(), *state.guesses[state.at + 1 :])
    practised = (*state.practised[: state.at], True, *state.practised[state.at + 1 :])
    return state._replace(guesses=guesses, practised=practised)


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
