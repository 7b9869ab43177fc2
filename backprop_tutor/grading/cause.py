"""What explains a wrong answer."""

from typing import NamedTuple

__all__ = ["Cause", "Found"]


class Cause(NamedTuple):
    """What was done, in words and by the `ids` of misconceptions (several where several things were done at
    once, or where one is a case of the other), and in which step (empty: in every step)."""

    ids: tuple[str, ...]
    says: str
    place: str


class Found(NamedTuple):
    """The possible causes, the most usual first. `certain`: there is only one, and its result is no number
    that comes out by chance."""

    causes: tuple[Cause, ...] = ()
    certain: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(id_ for cause in self.causes for id_ in cause.ids))
