"""The derivation of one partial derivative: rules, lines, proofs."""

from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Line, Note, Section
from backprop_tutor.walkthrough.derivation.explanation import FORMS, Explanation, explain

__all__ = ["FORMS", "DerivationForm", "Explanation", "Line", "Note", "Section", "explain"]
