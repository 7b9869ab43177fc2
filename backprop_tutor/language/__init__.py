"""The one small language of files, answers and derivations: its tree, its parser, its printers.

Beside `clean` and `caret`, which everything needs, a name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from backprop_tutor.language.caret import caret
from backprop_tutor.language.clean import clean, display_width

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
    from backprop_tutor.language.latex import escape_latex, to_latex
    from backprop_tutor.language.lettering import CANONICAL, Lettering
    from backprop_tutor.language.mathml import to_mathml
    from backprop_tutor.language.notation import NOTATIONS, Notation, find_notation
    from backprop_tutor.language.parser import parse
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
    "Item",
    "Lettering",
    "Notation",
    "Num",
    "Partial",
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

_HOMES = {
    "ASCII": "style",
    "CANONICAL": "lettering",
    "Lettering": "lettering",
    "NOTATIONS": "notation",
    "Notation": "notation",
    "find_notation": "notation",
    "UNICODE": "style",
    "Glyph": "style",
    "Glyphs": "style",
    "Style": "style",
    "Written": "style",
    "escape_latex": "latex",
    "index_text": "style",
    "parse": "parser",
    "plain_names": "style",
    "to_latex": "latex",
    "to_mathml": "mathml",
    "to_stacked": "stacked",
    "to_text": "text",
    "wrap": "wrapping",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOMES.get(name, 'expr')}")
    globals()[name] = value = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
