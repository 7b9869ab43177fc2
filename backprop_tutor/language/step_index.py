"""The step of a recurrence in a name: `h<2>` is the second step's `h`, `h<s-1>` that of the step before s."""

import re

__all__ = ["STEP", "split_step", "stepped", "without_step"]

STEP = r"<-?[0-9]+>|<[^\W\d_](?:[-+][0-9]+)?>"
_IN_NAME = re.compile(STEP)
_SHIFTED = re.compile(r"([^\W\d_])([-+][0-9]+)?")


def split_step(name: str) -> tuple[str, str]:
    """The name without its step, and the step: `h` and `2` of `h<2>`, `h_new` and `0` of `h<0>_new`, or the
    name itself and nothing."""
    found = _IN_NAME.search(name) if "<" in name else None
    return (name[: found.start()] + name[found.end() :], found[0][1:-1]) if found else (name, "")


def without_step(name: str) -> str:
    return split_step(name)[0]


def stepped(name: str, letter: str, number: int) -> str:
    """`name` at step `number` of those that `letter` counts: `h<1>` for `h<s-1>` at s = 2."""
    _, step = split_step(name)
    found = _SHIFTED.fullmatch(step)
    if not found or found[1] != letter:
        return name
    return name.replace(f"<{step}>", f"<{number + int(found[2] or 0)}>")
