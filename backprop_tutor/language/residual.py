"""The error written the other way round: -(1/N)(t - z) as (1/N)(z - t). The value stays as it is."""

from collections.abc import Callable
from fractions import Fraction

from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, Sym, name_of, rewrite

__all__ = ["turn_residuals"]

ZERO = Num(Fraction(0))  # what the derivative of the target is


def turn_residuals(expr: Expr, target: str = "t", output: str = "z") -> Expr:
    """`expr` with every difference target - output that a minus sign or an even power allows turned."""

    def change(node: Expr) -> Expr | None:
        match node:
            case Call("neg", (inner,)):
                return _again(turned(inner))
            case Call("mul" | "hadamard" | "matmul" as name, factors):
                return _again(product(name, factors))
            case Call("pow", (base, Num(value) as exponent)) if value.denominator == 1 and value % 2 == 0:
                flipped = turned(base) if isinstance(base, Call) and base.name == "sub" else None
                return flipped and Call("pow", (flipped, exponent))
            case _:
                return None

    def product(name: str, factors: tuple[Expr, ...]) -> Expr | None:
        """A factor gives up its minus sign and another one turns its residual, or two of them turn theirs."""
        for k, factor in enumerate(factors):
            positive = _without_minus(factor)
            others = (*factors[:k], *factors[k + 1 :])
            rest = _turn_one(others, turned) if positive is not None else None
            if positive is not None and rest is not None:
                return Call(name, (*rest[:k], positive, *rest[k:]))
        both = [k for k, factor in enumerate(factors) if turned(factor) is not None][:2]
        if len(both) < 2:
            return None
        return Call(name, tuple((turned(f) or f) if k in both else f for k, f in enumerate(factors)))

    def turned(node: Expr) -> Expr | None:
        """-`node`, by turning one residual in it; None where there is none."""
        match node:
            case Call("sub", (a, b)) if _name(b) == output and (_name(a) == target or a == ZERO):
                return Call("sub", (b, a))
            case Partial(of, wrt):
                inner = turned(of)
                return inner and Partial(inner, wrt)
            case Call("mul" | "hadamard" | "matmul" as name, factors):
                flipped = _turn_one(factors, turned)
                return None if flipped is None else Call(name, flipped)
            case Call("div", (a, b)):
                above = turned(a)
                return above and Call("div", (above, b))
            case Call("add", terms):
                each = [term if term == Sym("…") else turned(term) for term in terms]
                found = tuple(term for term in each if term is not None)
                return Call("add", found) if len(found) == len(terms) else None
            case Call("transpose" | "sum" as name, (a,), options):
                inner = turned(a)
                return inner and Call(name, (inner,), options)
            case Sum(index, upper, body):
                inner = turned(body)
                return inner and Sum(index, upper, inner)
            case _:
                return None

    def _again(found: Expr | None) -> Expr | None:
        return None if found is None else rewrite(found, change)

    return rewrite(expr, change)


def _turn_one(factors: tuple[Expr, ...], turned: Callable[[Expr], Expr | None]) -> tuple[Expr, ...] | None:
    for k, factor in enumerate(factors):
        flipped = turned(factor)
        if flipped is not None:
            return (*factors[:k], flipped, *factors[k + 1 :])
    return None


def _without_minus(expr: Expr) -> Expr | None:
    """-`expr`, where `expr` is written with a minus sign."""
    match expr:
        case Call("neg", (inner,)):
            return inner
        case Num(value, text) if value < 0:
            return Num(-value, text.removeprefix("-"))
        case Call("div", (above, below)):
            positive = _without_minus(above)
            return positive and Call("div", (positive, below))
        case Call("mul", (first, *rest)):
            positive = _without_minus(first)
            return positive and Call("mul", (positive, *rest))
        case _:
            return None


def _name(expr: Expr) -> str:
    """The quantity that `expr` is, or is a derivative of."""
    return name_of(expr.of if isinstance(expr, Partial) else expr)
