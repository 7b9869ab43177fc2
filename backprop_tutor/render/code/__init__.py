"""Exercises as programs: the lines of NumPy and PyTorch, and the files to fill in."""

__all__ = []
