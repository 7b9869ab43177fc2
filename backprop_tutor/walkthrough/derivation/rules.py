"""The table of rules: one entry each, in the order in which they are tried."""

from backprop_tutor.walkthrough.derivation.algebra import TIDYING
from backprop_tutor.walkthrough.derivation.along_graph import AT_ONCE, FROM_NODE_TO_NODE
from backprop_tutor.walkthrough.derivation.calculus import CALCULUS
from backprop_tutor.walkthrough.derivation.finishing import FINISHING
from backprop_tutor.walkthrough.derivation.rule import Rule

__all__ = ["ORDER", "TABLE"]

ORDER: tuple[tuple[Rule, ...], ...] = (
    *((rule,) for rule in (*AT_ONCE, *TIDYING)),
    CALCULUS,
    FROM_NODE_TO_NODE,
    *((rule,) for rule in FINISHING),
)
"""Of the first group with a rule that fits somewhere, the outermost, leftmost place that one fits."""

TABLE: dict[str, Rule] = {rule.name: rule for group in ORDER for rule in group}
