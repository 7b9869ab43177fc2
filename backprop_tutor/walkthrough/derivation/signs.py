"""Minus signs, moved as far out of a formula as they go."""

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, children
from backprop_tutor.walkthrough.derivation.terms import build, difference, signed_terms

__all__ = ["sign_out"]


def sign_out(expr: Expr) -> Expr:
    """`expr` with its minus signs in front of products and sums; derivatives are left as they are."""
    if isinstance(expr, Partial) or not children(expr):
        return expr
    parts = tuple(sign_out(part) for part in children(expr))
    match expr:
        case Sum(_, upper) if _is_negative(parts[1]):
            return ex.neg(Sum(expr.index, upper, ex.neg(parts[1])))
        case Call("mul" | "div") if any(map(_is_negative, parts)):
            odd = sum(map(_is_negative, parts)) % 2
            positive = build(expr, tuple(ex.neg(part) if _is_negative(part) else part for part in parts))
            return ex.neg(positive) if odd else positive
        case Call("add" | "sub") if any(map(_is_negative, parts)):
            return difference(signed_terms(build(expr, parts)))
        case _:
            return build(expr, parts)


def _is_negative(expr: Expr) -> bool:
    negative_number = isinstance(expr, Num) and expr.value < 0
    return negative_number or (isinstance(expr, Call) and expr.name == "neg")
