"""The operators: + - * / ** @, .T, and comparison by maximum and minimum."""

from typing import Any

from backprop_tutor.engine.op import Op, elementwise, unbroadcast
from backprop_tutor.engine.systems.base import Array

__all__ = ["OPS"]


def _matmul_left(xp: Any, g: Array, y: Array, a: Array, b: Array) -> Array:
    if b.ndim == 1:
        return g * b if a.ndim == 1 else xp.outer(g, b)
    if a.ndim == 1 and b.ndim > 2:
        return xp.sum(b * _rows(xp, g), (*range(b.ndim - 2), b.ndim - 1))
    return unbroadcast(xp, g @ xp.swap(b), a.shape)


def _matmul_right(xp: Any, g: Array, y: Array, a: Array, b: Array) -> Array:
    if a.ndim == 1 and b.ndim == 1:
        return g * a
    if a.ndim == 1:
        return xp.outer(a, g) if b.ndim == 2 else _columns(xp, a) * _rows(xp, g)
    if b.ndim == 1 and a.ndim > 2:
        return xp.sum(a * _columns(xp, g), tuple(range(a.ndim - 1)))
    return unbroadcast(xp, xp.swap(a) @ g, b.shape)


def _rows(xp: Any, x: Array) -> Array:
    """The vectors along the last axis as matrices of one row."""
    return xp.reshape(x, (*x.shape[:-1], 1, x.shape[-1]))


def _columns(xp: Any, x: Array) -> Array:
    return xp.reshape(x, (*x.shape, 1))


def _larger(xp: Any, a: Array, b: Array) -> Array:
    return xp.where(xp.gt(a, b), a, xp.where(xp.eq(a, b), (a + b) / 2, b))


def _gap(xp: Any, a: Array, b: Array) -> Array:
    return xp.where(xp.eq(a, b), 0, a - b)


def _share(xp: Any, wins: Array, ties: Array) -> Array:
    """1 where this operand is the result, 1/2 where both are."""
    return xp.where(wins, 1, xp.where(ties, xp.number(1) / 2, 0))


OPS = (
    elementwise(
        "add",
        lambda xp, a, b: a + b,
        (lambda xp, y, a, b: 1, lambda xp, y, a, b: 1),
        rule="sum",
        derivative=("derivative of a sum",),
        computes="Numbers are added; of arrays, the corresponding elements.",
        says="A sum passes the upstream gradient on to both terms unchanged.",
        joins="sum",
        passes_on=True,
        carries=True,
    ),
    elementwise(
        "sub",
        lambda xp, a, b: a - b,
        (lambda xp, y, a, b: 1, lambda xp, y, a, b: -1),
        rule="difference",
        derivative=("derivative of a sum", "derivative of a sum (minus sign)"),
        computes="Numbers are subtracted; of arrays, the corresponding elements.",
        says="A difference passes the upstream gradient on, with the sign turned for what is subtracted.",
        passes_on=True,
        carries=True,
    ),
    elementwise(
        "neg",
        lambda xp, a: -a,
        (lambda xp, y, a: -1,),
        rule="change of sign",
        derivative=("constant factor -1",),
        computes="The sign is turned.",
        says="A change of sign turns the sign of the gradient.",
        passes_on=True,
        carries=True,
    ),
    elementwise(
        "mul",
        lambda xp, a, b: a * b,
        (lambda xp, y, a, b: b, lambda xp, y, a, b: a),
        rule="product",
        derivative=("product rule",),
        computes="Numbers are multiplied; of arrays, the corresponding elements.",
        says="Each factor's gradient is the upstream gradient times the other factor.",
        joins="product",
        gates=(0, 1),
        carries=True,
    ),
    elementwise(
        "div",
        lambda xp, a, b: a / b,
        (lambda xp, y, a, b: 1 / b, lambda xp, y, a, b: xp.slope_by_divisor(a, b)),
        rule="quotient",
        derivative=("quotient rule (numerator)", "quotient rule (denominator)"),
        computes="Numbers are divided; of arrays, the corresponding elements.",
        says="a/b has the derivatives 1/b with respect to a and -a/b² with respect to b.",
        undefined="division by zero",
    ),
    elementwise(
        "pow",
        lambda xp, a, b: xp.power(a, b),
        (
            lambda xp, y, a, b: xp.slope_by_base(a, b),
            lambda xp, y, a, b: xp.slope_by_exponent(y, a),
        ),
        rule="power",
        derivative=("power rule", "exponential rule"),
        computes="The base is raised to the exponent.",
        says="The power rule: the exponent comes down as a factor and is lowered by one.",
        undefined="zero to a negative power, a fractional power of a negative number, or overflow",
        joins="power",
    ),
    Op(
        "matmul",
        lambda xp, a, b: a @ b,
        (_matmul_left, _matmul_right),
        rule="matrix product",
        derivative=("derivative of a matrix product (left)", "derivative of a matrix product (right)"),
        computes="Each entry is a row of the left factor times a column of the right one.",
        says="Each entry is a sum of products, so each factor's gradient is upstream times the other, "
        "transposed so that the shapes fit.",
        arity=(2, 2),
        weights=(0, 1),
        weighted="product",
        carries=True,
    ),
    Op(
        "transpose",
        lambda xp, a: xp.transpose(a),
        (lambda xp, g, y, a: xp.transpose(g),),
        rule="transpose",
        derivative=("transpose back",),
        computes="Rows become columns.",
        says="Transposing only moves entries, and the gradient moves back with them.",
        rearranges=True,
        carries=True,
    ),
    elementwise(
        "maximum",
        _larger,
        (
            lambda xp, y, a, b: _share(xp, xp.gt(a, b), xp.eq(a, b)),
            lambda xp, y, a, b: _share(xp, xp.gt(b, a), xp.eq(a, b)),
        ),
        numpy="maximum",
        rule="maximum",
        derivative=("derivative of max",),
        computes="The larger of the two.",
        says="The gradient goes to the larger operand; equal operands share it.",
        kink=_gap,
        convention="equal arguments of max have the derivative 1/2 each",
        against_zero="relu",
        chains="max",
        glyph="max",
        latex=r"\max",
    ),
    elementwise(
        "minimum",
        lambda xp, a, b: -_larger(xp, -a, -b),
        (
            lambda xp, y, a, b: _share(xp, xp.gt(b, a), xp.eq(a, b)),
            lambda xp, y, a, b: _share(xp, xp.gt(a, b), xp.eq(a, b)),
        ),
        numpy="minimum",
        rule="minimum",
        derivative=("derivative of min",),
        computes="The smaller of the two.",
        says="The gradient goes to the smaller operand; equal operands share it.",
        kink=_gap,
        convention="equal arguments of min have the derivative 1/2 each",
        chains="min",
        glyph="min",
        latex=r"\min",
    ),
)
