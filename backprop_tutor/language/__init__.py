"""The one small language of files, answers and derivations: its tree, its parser, its printers."""

from backprop_tutor.language.clean import clean
from backprop_tutor.language.parser import parse
from backprop_tutor.language.style import ASCII, UNICODE, Glyph, Glyphs, Style, Written
from backprop_tutor.language.text import to_text

__all__ = ["ASCII", "UNICODE", "Glyph", "Glyphs", "Style", "Written", "clean", "parse", "to_text"]
