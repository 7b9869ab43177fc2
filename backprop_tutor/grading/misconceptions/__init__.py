"""Misconceptions: named, reproducible ways of getting a step wrong."""

from backprop_tutor.grading.misconceptions.table import TABLE, Misconception

__all__ = ["TABLE", "Misconception"]
