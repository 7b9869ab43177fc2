"""A sentence about a misconception, and the rule to read on with."""

__all__ = ["advice"]


def advice(misconception: str) -> tuple[str, str]:
    """What the misconception is, in one sentence, and the name of a rule that `explain --rule` shows."""
    return "", RULES.get(misconception, "chain")


RULES = {
    "missing-activation-derivative": "chain",
}
