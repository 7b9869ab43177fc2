"""Matrix formulas for examples in columns: x Wᵀ becomes W x, δᵀ x becomes δ xᵀ."""

from collections.abc import Callable
from fractions import Fraction

from backprop_tutor.language.expr import Call, Expr, Num, Sym, transpose

__all__ = ["in_columns"]

Options = tuple[tuple[str, Expr], ...]


def in_columns(
    form: Expr, by_rows: Callable[[str], bool], is_matrix: Callable[[str], bool], turned: bool
) -> Expr:
    """`form`, a formula of arrays whose rows are examples, in the same arrays with examples as columns.

    `by_rows` says of which quantities examples are the rows, `is_matrix` which have two axes; the result
    is `turned` as well where it is one of the former.
    """

    def settle(expr: Expr) -> Expr:
        """`expr` with every transpose moved inwards to a quantity, where two of them cancel."""
        match expr:
            case Sym(name):
                return transpose(expr) if by_rows(name) else expr
            case Call("transpose", (a,)):
                return turn(a)
            case Call("sum" | "max" | "min" | "mean" as name, (a,), options):
                return Call(name, (turn(a),), _laid_out(options))
            case Call(name, args, options):
                return Call(name, tuple(map(settle, args)), options)
            case _:
                return expr

    def turn(expr: Expr) -> Expr:
        """The transpose of `expr`, settled."""
        match expr:
            case Sym(name):
                return transpose(expr) if is_matrix(name) and not by_rows(name) else expr
            case Call("transpose", (a,)):
                return settle(a)
            case Call("matmul", (a, b)):
                return Call("matmul", (turn(b), turn(a)))
            case Call(name, args, options):
                return Call(name, tuple(map(turn, args)), _other_axis(options))
            case _:
                return expr

    return turn(form) if turned else settle(form)


def _laid_out(options: Options) -> Options:
    """Of a reduction along the other axis: the sum over examples is a vector, beside columns a column."""
    turned = dict(_other_axis(options))
    if turned.pop("keepdims", None) is None and turned.get("axis") == Num(Fraction(2)):
        turned["keepdims"] = Num(Fraction(1))
    return tuple(turned.items())


def _other_axis(options: Options) -> Options:
    """axis=1 for axis=2, and the other way round."""
    return tuple(
        (key, Num(Fraction(3) - value.value) if key == "axis" and isinstance(value, Num) else value)
        for key, value in options
    )
