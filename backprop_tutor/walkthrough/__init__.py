"""The walkthrough: the solved exercise as ordered steps, the only currency of everything downstream."""

from backprop_tutor.exercise.quantity import Quantity
from backprop_tutor.walkthrough.chosen_notation import lettering_of
from backprop_tutor.walkthrough.numbers import DEFAULT_PRECISION, decimal, fraction
from backprop_tutor.walkthrough.solution import Solution, solve
from backprop_tutor.walkthrough.steps import PHASES, Phase, Step, gradient_step
from backprop_tutor.walkthrough.worked import Worked, Workings, shortened

__all__ = [
    "DEFAULT_PRECISION",
    "PHASES",
    "Phase",
    "Quantity",
    "Solution",
    "Step",
    "Worked",
    "Workings",
    "decimal",
    "fraction",
    "gradient_step",
    "lettering_of",
    "shortened",
    "solve",
]
