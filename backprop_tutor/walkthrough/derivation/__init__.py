"""The derivation of one partial derivative: rules, lines, proofs."""

from backprop_tutor.walkthrough.derivation.explanation import FORMS, Explanation, explain
from backprop_tutor.walkthrough.derivation.lines import Form, Line, Note, Section

__all__ = ["FORMS", "Explanation", "Form", "Line", "Note", "Section", "explain"]
