"""Formulas and names as an exercise file has them."""

import re

from backprop_tutor.engine import ops
from backprop_tutor.language import ASCII, Glyph, Style, to_text
from backprop_tutor.language.expr import Call, Expr

__all__ = ["TAKEN", "plain_name", "spell"]

TAKEN = frozenset({"e", "pi", "grad", "N", "s", "i"})
"""Names that mean something else in formulas."""


def plain_name(said: str) -> str:
    """What a module calls an array as a name in formulas: `fc1_weight`, and `weight_0` for 0.weight."""
    parts = re.sub(r"[^0-9A-Za-z.]+", "_", said).strip("_.").split(".")
    first = next((at for at, part in enumerate(parts) if not part[:1].isdigit()), len(parts))
    name = re.sub("__+", "_", "_".join([*parts[first:], *parts[:first]])).strip("_") or "a"
    name = name if name[0].isalpha() else f"a_{name}"
    is_function = name in ops.FUNCTIONS and not ops.get(ops.FUNCTIONS[name]).common
    name = f"{name}_0" if name.endswith("_new") else name
    is_kept = is_function or name.startswith("delta")
    return f"p_{name}" if is_kept else name


def spell(expr: Expr) -> str:
    """A formula as a file has it."""
    if isinstance(expr, Call) and expr.name == "cases":
        return f"where({', '.join(map(spell, expr.args))})"
    return to_text(expr, _STYLE)


_STYLE = Style(ASCII, {op.name: Glyph("", op.ascii_glyph) for op in ops.TABLE.values()})
