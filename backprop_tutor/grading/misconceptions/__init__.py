"""Misconceptions: named, reproducible ways of getting a step wrong."""

from backprop_tutor.grading.misconceptions.table import ARITHMETIC_SLIP, TABLE, Misconception

__all__ = ["ARITHMETIC_SLIP", "TABLE", "Misconception"]
