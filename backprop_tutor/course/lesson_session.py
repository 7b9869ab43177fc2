"""A lesson as a pure state machine: a state and a typed line in, the next state and events out.

It reads nothing, writes nothing and shows nothing. An exercise within the lesson is worked through in a
session of the tutor's own; its end comes back as `practised`.
"""

from typing import Literal

from backprop_tutor.course.lesson import Lesson, LessonPrediction
from backprop_tutor.course.lesson_events import (
    ExerciseDue,
    LessonEnded,
    LessonEvent,
    LessonLeft,
    Predicted,
    Remarked,
    ScreenShown,
)
from backprop_tutor.course.lesson_state import Guess, LessonState
from backprop_tutor.course.lesson_text import Paragraph, Said
from backprop_tutor.errors import LanguageError
from backprop_tutor.exercise.precision import USUAL
from backprop_tutor.grading.compare import Closeness, compare
from backprop_tutor.grading.number import Number, number_of
from backprop_tutor.language import parse
from backprop_tutor.language.clean import clean

__all__ = ["LESSON_WORDS", "LessonSession", "Waiting"]

LESSON_WORDS = {
    "Enter": "go on",
    "back": "the screen before",
    "map": "the lessons of the course",
    "quit": "save and leave",
    "help": "this list",
}
_ALSO = {"b": "back", "m": "map", "q": "quit", "exit": "quit", "?": "help", "h": "help", "n": "", "next": ""}
_TELL = ("skip", "idk", "s", "i don't know", "don't know", "hint", "show")  # instead of a prediction
MAX_TEXT = 200

Waiting = Literal["line", "guess", "exercise"]

Moved = tuple[LessonState, list[LessonEvent]]


class LessonSession:
    """One lesson, worked through by one learner."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson

    def fresh(self) -> LessonState:
        """Before the first screen."""
        count = len(self.lesson.screens)
        return LessonState((None,) * count, (False,) * count)

    def start(self, state: LessonState | None = None) -> Moved:
        """The first screen, or the one that a saved state stands at; of a finished one the first."""
        begun = (state or self.fresh())._replace(left=False, to_map=False, due=False)
        if self.is_over(begun):
            begun = begun._replace(at=0)
        return begun, self._shown(begun)

    def is_over(self, state: LessonState) -> bool:
        """Whether there is nothing more to do."""
        return state.left or state.at >= len(self.lesson.screens)

    def waits_for(self, state: LessonState) -> Waiting:
        """What is to come next: a prediction, the end of the exercise that has begun, or any line."""
        screen = self.lesson.screens[state.at]
        if screen.prediction and state.guesses[state.at] is None:
            return "guess"
        return "exercise" if state.due else "line"

    def handle(self, state: LessonState, text: str) -> Moved:
        """What follows from the typed line `text`."""
        if self.is_over(state):
            return state, []
        word = _ALSO.get(text.strip().casefold(), text.strip().casefold()).removeprefix(":")
        match word:
            case "quit" | "map":
                return self.leave(state, to_map=word == "map")
            case "back":
                return self._back(state)
            case "help":
                said = "; ".join(f"{word}: {meaning}" for word, meaning in LESSON_WORDS.items())
                return state, [Remarked(f"{said}.")]
        prediction = self.lesson.screens[state.at].prediction
        if prediction and self.waits_for(state) == "guess":
            return self._guess(state, prediction, text.strip())
        if word:
            return state, [Remarked("Press Enter to go on, or type back, map or quit.")]
        screen = self.lesson.screens[state.at]
        if screen.ask and not state.practised[state.at]:
            return state._replace(due=True), [ExerciseDue(screen)]
        return self._next(state)

    def practised(self, state: LessonState, *, stayed: bool) -> Moved:
        """The exercise of this screen is over; `stayed` unless the learner left it before its end."""
        state = state._replace(due=False)
        if not stayed:
            return self.leave(state)
        done = (*state.practised[: state.at], True, *state.practised[state.at + 1 :])
        return self._next(state._replace(practised=done))

    def leave(self, state: LessonState, *, to_map: bool = False) -> Moved:
        """The learner goes: nothing is lost."""
        return state._replace(left=True, to_map=to_map), [LessonLeft(self.lesson)]

    def _guess(self, state: LessonState, prediction: LessonPrediction, text: str) -> Moved:
        guess = _read_guess(prediction, text)
        if isinstance(guess, str):
            return state, [Remarked(guess)]
        guesses = (*state.guesses[: state.at], guess, *state.guesses[state.at + 1 :])
        return state._replace(guesses=guesses), [Predicted(prediction, guess)]

    def _next(self, state: LessonState) -> Moved:
        state = state._replace(at=state.at + 1)
        if self.is_over(state):
            return state, [LessonEnded(self.lesson, state.right, self.lesson.predictions)]
        return state, self._shown(state)

    def _back(self, state: LessonState) -> Moved:
        if state.at == 0:
            return state, [Remarked("This is the first screen.")]
        state = state._replace(at=state.at - 1)
        return state, self._shown(state)

    def _shown(self, state: LessonState) -> list[LessonEvent]:
        screens = self.lesson.screens
        guess = state.guesses[state.at]
        return [ScreenShown(self.lesson, screens[state.at], state.at + 1, len(screens), guess)]


def _read_guess(prediction: LessonPrediction, text: str) -> Guess | str:
    """The guess that `text` is, or what to say where it is none."""
    kept = clean(text)[:MAX_TEXT]
    if not text:
        return "Make a guess first: a wrong one costs nothing. Or type skip, to be told."
    if text.casefold() in _TELL:
        return Guess()
    if prediction.number is not None:
        number = _number(text)
        if number is None:
            return "A number is wanted here, such as 2, -0.5 or 1/3."
        return Guess(kept, right=compare(number, *prediction.number, USUAL) is Closeness.RIGHT)
    choice = _chosen(prediction, text)
    if choice is None:
        return f"Type the number of an answer, from 1 to {len(prediction.choices)}."
    return Guess(kept, choice, choice == prediction.right)


def _number(text: str) -> Number | None:
    if len(text) > MAX_TEXT:
        return None
    try:
        return number_of(parse(text, functions={}, names=()))
    except LanguageError:
        return None


def _chosen(prediction: LessonPrediction, text: str) -> int | None:
    """The place of the choice that is meant by its number, or by the words that only it begins with."""
    wanted = text.casefold().rstrip(".)")
    if wanted.isascii() and wanted.isdigit():
        place = int(wanted[:9]) - 1
        return place if 0 <= place < len(prediction.choices) else None
    said = [_plain(choice.say).casefold().rstrip(".") for choice in prediction.choices]
    found = [n for n, words in enumerate(said) if words == wanted]
    found = found or [n for n, words in enumerate(said) if words.startswith(wanted)]
    return found[0] if len(found) == 1 else None


def _plain(paragraphs: tuple[Paragraph, ...]) -> str:
    return "".join(p.words for paragraph in paragraphs for p in paragraph.pieces if isinstance(p, Said))
