"""Where a learner stands in a lesson: what is remembered of it. It loads nothing: the map is to be quick."""

from typing import NamedTuple

__all__ = ["Guess", "LessonState"]


class Guess(NamedTuple):
    """What somebody predicted: a `choice` (zero-based), or a number as it was typed; neither where they
    would rather be told."""

    text: str = ""
    choice: int = -1
    right: bool = False


class LessonState(NamedTuple):
    """`at` is the screen that is on; `guesses` and `practised` say what was done on each. `due`: its exercise
    has begun."""

    guesses: tuple[Guess | None, ...]
    practised: tuple[bool, ...]
    at: int = 0
    left: bool = False
    to_map: bool = False  # left for the map, and not for good
    due: bool = False

    @property
    def right(self) -> int:
        """How many predictions were right."""
        return sum(guess is not None and guess.right for guess in self.guesses)
