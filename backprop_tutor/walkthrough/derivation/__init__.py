"""The derivation of one partial derivative: rules, lines, proofs."""

from backprop_tutor.walkthrough.derivation.explanation import FORMS, Explanation, explain
from backprop_tutor.walkthrough.derivation.lines import DerivationForm, Line, Note, Section

__all__ = ["FORMS", "DerivationForm", "Explanation", "Line", "Note", "Section", "explain"]
