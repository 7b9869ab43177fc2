"""The table of rules: one entry each, in the order in which they are tried."""

from backprop_tutor.walkthrough.derivation.algebra import FINISHING, TIDYING
from backprop_tutor.walkthrough.derivation.along_graph import GRAPH_RULES
from backprop_tutor.walkthrough.derivation.calculus import CALCULUS
from backprop_tutor.walkthrough.derivation.rule import Rule

__all__ = ["DERIVING", "FINISHING", "TABLE", "TIDYING"]

DERIVING = (*CALCULUS[:1], *GRAPH_RULES, *CALCULUS[1:])
"""Those that take a derivative one step further."""

TABLE: dict[str, Rule] = {rule.name: rule for rule in (*TIDYING, *DERIVING, *FINISHING)}
