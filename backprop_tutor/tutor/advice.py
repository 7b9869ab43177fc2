"""What a misconception is called, a sentence about it, and the rule to read on with."""

from functools import cache

__all__ = ["advice", "title"]


def advice(misconception: str) -> tuple[str, str]:
    """What is right, in one sentence, and the name of a rule that `explain --rule` shows; nothing for an
    id that a saved session has from elsewhere."""
    return _sentences().get(misconception, ("", ""))


def title(misconception: str) -> str:
    """What was done, in a few words: "the 1/N forgotten"; the id itself where it is from elsewhere."""
    return _titles().get(misconception, misconception)


@cache
def _sentences() -> dict[str, tuple[str, str]]:
    from backprop_tutor.grading.misconceptions import TABLE

    return {entry.id: (entry.summary, entry.rule) for entry in TABLE}


@cache
def _titles() -> dict[str, str]:
    from backprop_tutor.grading.misconceptions import TABLE

    return {entry.id: entry.title for entry in TABLE}
