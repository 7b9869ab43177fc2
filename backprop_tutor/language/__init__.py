"""The one small language of files, answers and derivations: its tree, its parser, its printers."""

from backprop_tutor.language.clean import clean
from backprop_tutor.language.parser import parse

__all__ = ["clean", "parse"]
