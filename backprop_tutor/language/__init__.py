"""The one small language of files, answers and derivations: its tree, its parser, its printers.

Beside `clean` and `caret`, which everything needs, a name is imported when it is first used.
"""

from typing import TYPE_CHECKING

from backprop_tutor.language.caret import caret
from backprop_tutor.language.clean import clean, display_width
from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.language.expr import (
        OPERATORS,
        Array,
        Call,
        Expr,
        Item,
        Num,
        Partial,
        Slice,
        Sum,
        Sym,
        add,
        children,
        div,
        leaves,
        matmul,
        mul,
        neg,
        power,
        rewrite,
        sub,
        transpose,
    )
    from backprop_tutor.language.latex import escape_latex, latex_words, to_latex
    from backprop_tutor.language.lettering import CANONICAL, Lettering
    from backprop_tutor.language.mathml import to_mathml
    from backprop_tutor.language.notation import NOTATIONS, Indices, Notation, find_notation
    from backprop_tutor.language.parser import parse
    from backprop_tutor.language.sentence import Sentence
    from backprop_tutor.language.stacked import to_stacked
    from backprop_tutor.language.style import (
        ASCII,
        UNICODE,
        Glyph,
        Glyphs,
        Style,
        Written,
        index_text,
        plain_names,
    )
    from backprop_tutor.language.text import to_text
    from backprop_tutor.language.wrapping import wrap

__all__ = [
    "ASCII",
    "CANONICAL",
    "NOTATIONS",
    "OPERATORS",
    "UNICODE",
    "Array",
    "Call",
    "Expr",
    "Glyph",
    "Glyphs",
    "Indices",
    "Item",
    "Lettering",
    "Notation",
    "Num",
    "Partial",
    "Sentence",
    "Slice",
    "Style",
    "Sum",
    "Sym",
    "Written",
    "add",
    "caret",
    "children",
    "clean",
    "display_width",
    "div",
    "escape_latex",
    "find_notation",
    "index_text",
    "latex_words",
    "leaves",
    "matmul",
    "mul",
    "neg",
    "parse",
    "plain_names",
    "power",
    "rewrite",
    "sub",
    "to_latex",
    "to_mathml",
    "to_stacked",
    "to_text",
    "transpose",
    "wrap",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "expr": (
            "OPERATORS",
            "Array",
            "Call",
            "Expr",
            "Item",
            "Num",
            "Partial",
            "Slice",
            "Sum",
            "Sym",
            "add",
            "children",
            "div",
            "leaves",
            "matmul",
            "mul",
            "neg",
            "power",
            "rewrite",
            "sub",
            "transpose",
        ),
        "latex": (
            "escape_latex",
            "latex_words",
            "to_latex",
        ),
        "lettering": (
            "CANONICAL",
            "Lettering",
        ),
        "mathml": ("to_mathml",),
        "notation": (
            "NOTATIONS",
            "Indices",
            "Notation",
            "find_notation",
        ),
        "parser": ("parse",),
        "sentence": ("Sentence",),
        "stacked": ("to_stacked",),
        "style": (
            "ASCII",
            "UNICODE",
            "Glyph",
            "Glyphs",
            "Style",
            "Written",
            "index_text",
            "plain_names",
        ),
        "text": ("to_text",),
        "wrapping": ("wrap",),
    },
)
