"""Whole screens: a session, a lesson, a demonstration, each on a terminal or as plain lines."""

__all__ = []
