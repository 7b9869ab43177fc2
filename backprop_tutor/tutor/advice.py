"""A sentence about a misconception, and the rule to read on with."""

from functools import cache

__all__ = ["advice"]

RULES = {
    "sign-flipped": "power",
    "missing-factor-two": "power",
    "missing-one-over-n": "sum",
    "only-one-example": "sum",
    "bias-not-summed": "sum",
    "relu-mask-from-output-gradient": "relu",
    "softmax-derivative-applied-twice": "softmax",
    "off-diagonal-jacobian-dropped": "softmax",
    "missing-activation-derivative": "chain",
    "derivative-at-activation": "chain",
    "missing-path": "chain",
    "upstream-forgotten": "chain",
    "local-forgotten": "chain",
    "transposed-weights": "linear",
    "transposed-outer-product": "linear",
    "wrong-layer-input": "linear",
}


def advice(misconception: str) -> tuple[str, str]:
    """What is right, in one sentence, and the name of a rule that `explain --rule` shows, or nothing."""
    return _summaries().get(misconception, ""), RULES.get(misconception, "")


@cache
def _summaries() -> dict[str, str]:
    from backprop_tutor.grading.misconceptions import TABLE

    return {entry.id: entry.summary for entry in TABLE}
