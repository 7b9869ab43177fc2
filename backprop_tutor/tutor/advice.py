"""A sentence about a misconception, and the rule to read on with."""

from functools import cache

__all__ = ["advice"]


def advice(misconception: str) -> tuple[str, str]:
    """What is right, in one sentence, and the name of a rule that `explain --rule` shows; nothing for an
    id that a saved session has from elsewhere."""
    return _sentences().get(misconception, ("", ""))


@cache
def _sentences() -> dict[str, tuple[str, str]]:
    from backprop_tutor.grading.misconceptions import TABLE

    return {entry.id: (entry.summary, entry.rule) for entry in TABLE}
