"""The loops around a course: the map and its lessons, for a person or for a pipe."""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from backprop_tutor.cli.showing import show
from backprop_tutor.cli.streams import standard_input
from backprop_tutor.course.course import Course, LessonHead
from backprop_tutor.course.lesson_store import LessonProgress, LessonStore
from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.render.subjects.course_map import course_json, course_map, next_lesson
from backprop_tutor.tutor.store import state_folder

if TYPE_CHECKING:
    from backprop_tutor.cli.lesson_run import LessonPainter, Teaching
    from backprop_tutor.language import Style

__all__ = ["Learning", "LearningOptions"]

INTERRUPTED = 130
QUIT = ("q", "quit", "exit")
MAP = ("m", "map")
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
        plain = options.plain or os.environ.get("TERM") == "dumb"
        self.course, self.options = course, options._replace(plain=plain)
        self.store = LessonStore(state_folder())
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
        show(course_map(self.course, places), plain_style(sys.stdout.encoding), plain=self.options.plain)
        if not sys.stdin.isatty():
            following = next_lesson(places) or self.course.lessons[0]
            print(f"Begin with: backprop-tutor learn {self.course.argument(str(following.number))}")

    # A person

    def _attended(self, lesson: LessonHead | None) -> int:
        """From the map to a lesson and on, until the learner leaves."""
        while True:
            lesson = lesson or self._chosen()
            try:
                taught = self._taught(lesson)
            except BackpropTutorError as error:
                if len(self.course.paths) == 1:
                    raise
                print(error)
                lesson = None
                continue
            if not taught.state.left:
                lesson = self._onwards(lesson)
            elif taught.state.to_map:
                lesson = None
            else:
                self._say_goodbye()
                return 0

    def _chosen(self) -> LessonHead:
        """The lesson that the learner takes from the map."""
        self._on = ""
        self._show_map()
        following = next_lesson(self._places())
        onwards = f"Enter for {following.number}, " if following else ""
        while True:
            text = self._read(f"Lesson ({onwards}a number, quit): ")
            if not text and following:
                return following
            try:
                return self.course.find(text)
            except UsageError as error:
                print(error)

    def _onwards(self, lesson: LessonHead) -> LessonHead | None:
        """The lesson after this one, if it is wanted; None for the map."""
        self._on = ""
        after = next((head for head in self.course.lessons if head.number == lesson.number + 1), None)
        if after is None:
            print("That was the last lesson of this course. Go on with: backprop-tutor practice")
            raise _Gone(0)
        while True:
            text = self._read(f"Enter: lesson {after.number}, {after.title}; or map, quit: ")
            if text.casefold() in MAP:
                return None
            if not text:
                return after
            try:
                return self.course.find(text)
            except UsageError as error:
                print(error)

    def _taught(self, head: LessonHead) -> "Teaching":
        """One lesson, asked of a person."""
        lesson = self._lesson(head, self._painter, anew=self.options.restart)
        self._on = lesson.lesson.name
        lesson.begin()
        while waiting := lesson.waits_for:
            if waiting == "exercise":
                if lesson.exercise() == INTERRUPTED:
                    self._say_goodbye()
                    raise _Gone(INTERRUPTED)
            else:
                lesson.take(self._typed(lesson.prompt(), lesson.painter.redraw, lesson.words))
        return lesson

    def _read(self, prompt: str) -> str:
        """One line at the map or between lessons, where quitting ends the program."""
        text = self._typed(prompt).strip()
        if text.casefold() in QUIT:
            raise _Gone(0)
        return text

    def _typed(
        self, prompt: str, redraw: Callable[[], None] = lambda: None, words: Sequence[str] = ()
    ) -> str:
        """One line of a person's. After Ctrl-C or the end of input the lesson goes on another time."""
        from backprop_tutor.cli.line_reading import LineReader

        try:
            return LineReader(redraw, lambda: words)(prompt)
        except (EOFError, KeyboardInterrupt) as stop:
            print()
            self._say_goodbye()
            raise _Gone(INTERRUPTED if isinstance(stop, KeyboardInterrupt) else 0) from None

    def _say_goodbye(self) -> None:
        if self._on:
            print(f"Saved. Go on with: backprop-tutor learn {self.course.argument(self._on)}")

    def _lesson(
        self, head: LessonHead, painter: "Callable[[Style, int], LessonPainter]", *, anew: bool
    ) -> "Teaching":
        from backprop_tutor.cli.lesson_run import Teaching  # and all that works numbers out

        plain, notation = self.options.plain, self.options.notation
        return Teaching(self.course, head, self.store, painter, plain=plain, notation=notation, anew=anew)

    def _painter(self, style: "Style", number: int) -> "LessonPainter":
        from backprop_tutor.render.screens.lesson_terminal import LessonPlain, LessonTerminal

        if self.options.plain:
            return LessonPlain(style, number)
        from backprop_tutor.cli.screen import screen
        from backprop_tutor.render.painters.terminal import TerminalPainter

        console = screen()
        return LessonTerminal(TerminalPainter(console, style), number, console.clear, self._more)

    def _more(self) -> None:
        self._typed("-- Enter: the rest of this screen -- ")

    # A pipe

    def _replayed(self, head: LessonHead) -> int:
        """Each line answers the next prediction or question; from an empty pipe the lesson to read."""
        from backprop_tutor.cli.conversation import lines_of
        from backprop_tutor.render.screens.lesson_terminal import LessonPlain

        lesson = self._lesson(head, LessonPlain, anew=True)
        lines = lines_of(standard_input())
        first = next(lines, None)
        if first is None:
            print(TO_READ)
            lesson.read_out()
            return 0
        answers, all_right = chain([first], lines), True
        lesson.begin()
        while waiting := lesson.waits_for:
            if waiting == "exercise":
                all_right &= lesson.exercise(answers) == 0
            elif waiting == "line":
                lesson.take("")
            elif (text := next(answers, None)) is not None:
                all_right &= lesson.take(text)
            else:
                print("There are no more lines: the lesson is not finished.")
                return 1
        return 0 if all_right else 1
