"""Formulas of whole arrays that were put into one another, as a student would write them."""

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, leaves
from backprop_tutor.walkthrough.derivation.terms import build

__all__ = ["folded", "unspread"]


def folded(formula: Expr) -> Expr:
    """`formula` with its exponents worked out, numbers before arrays and no Kᵀᵀ: 2·e for 2 ⊙ e^(2 - 1)."""

    def change(part: Expr) -> Expr | None:
        match part:
            case Call("sub", (Num(a, ""), Num(b, ""))):
                return Num(a - b)
            case Call("hadamard", (a, b)) if not any(isinstance(leaf, Sym | Item) for leaf in leaves(a)):
                return ex.mul(folded(a), folded(b))
            case Call("transpose", (a,)):
                return ex.transpose(folded(a))
            case Call("pow" | "mul" | "add" | "sub" | "neg" | "div", args):
                return build(part, tuple(map(folded, args)))
            case _:
                return None

    return ex.rewrite(formula, change)


def unspread(formula: Expr) -> Expr:
    """`formula` without numbers spread out to arrays, where they are factors of other ones."""

    def change(part: Expr) -> Expr | None:
        match part:
            case Call("mul" | "hadamard", args) if not all(map(_is_spread, args)):
                factors = [unspread(arg.args[0] if _is_spread(arg) else arg) for arg in args]  # type: ignore[union-attr]
                numbers = [factor for factor in factors if not _has_quantities(factor)]
                arrays = [factor for factor in factors if _has_quantities(factor)]
                return ex.mul(*numbers, build(part, tuple(arrays)) if len(arrays) > 1 else arrays[0])
            case _:
                return None

    return ex.rewrite(formula, change)


def _is_spread(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name == "broadcast" and not _has_quantities(expr)


def _has_quantities(expr: Expr) -> bool:
    return any(isinstance(leaf, Sym | Item) for leaf in leaves(expr))
