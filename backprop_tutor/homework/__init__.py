"""Homework: versions of an exercise, answer sheets, and the marking of one sheet or a whole class."""

__all__ = []
