"""The value of an expression tree in any number system, through the ops table."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial, reduce
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.base import Array, Index
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import Float64
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.errors import UsageError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.counted import many
from backprop_tutor.language.expr import Array as Literal
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym

__all__ = ["FORMULA_FUNCTIONS", "evaluate", "index_of_item"]

Lookup = Callable[[Sym | Item], Array]


def evaluate(expr: Expr, xp: Any, lookup: Lookup) -> Array:
    """The value of `expr`, with `lookup` giving the arrays of symbols and items.

    Raises UsageError for a function that is not in the table and ShapeError where shapes do not fit.
    """
    match expr:
        case Num(value):
            return xp.finish(xp.number(value))
        case Sym():
            return lookup(expr)
        case Item(base, (Sym() as numbers,), None):
            return xp.rows(evaluate(base, xp, lookup), lookup(numbers))
        case Item(base, index, None) if not isinstance(base, Sym):
            return xp.index(evaluate(base, xp, lookup), index_of_item(index))
        case Item():
            return lookup(expr)
        case Literal(items):
            entries = [evaluate(item, xp, lookup) for item in items]
            return xp.concat(tuple(xp.reshape(entry, (1, *entry.shape)) for entry in entries), 0)
        case Call("place", (part, Item(base, index))):
            like = evaluate(base, xp, lookup)
            return xp.scatter(evaluate(part, xp, lookup), index_of_item(index), like)
        case Call():
            args = [evaluate(arg, xp, lookup) for arg in expr.args]
            try:
                return xp.finish(_call(expr, xp, args))
            except ValueError:  # NumPy's, of shapes; the shape rules say it better
                _call(expr, FORM, [Form.symbol("x", arg.shape) for arg in args])
                raise
        case _:
            raise UsageError("a formula with an unevaluated sum or derivative has no value yet")


def _call(call: Call, xp: Any, args: list[Array]) -> Array:
    options: dict[str, Any] = {name: _option(value) for name, value in call.options}
    special = _SPECIAL.get(call.name)
    if special:
        return special(xp, *args)
    if call.name.endswith("'"):
        op = ops.get(call.name[:-1])
        if len(op.partials) != 1:
            raise UsageError(f"{op.name} has no derivative f'(x) of one variable")
        output = xp.finish(op.forward(xp, *args, **options))
        return op.partials[0](xp, output, *args, **options) + 0 * args[0]
    if call.name in ops.CHAINS and len(args) > 1:
        pick = ops.get(ops.CHAINS[call.name]).forward
        return reduce(lambda a, b: xp.finish(pick(xp, a, b)), args)
    if call.name in ops.WHOLE:
        return ops.WHOLE[call.name](xp, *args, **options)
    if call.name in _REARRANGED:
        sizes = tuple(int(_number(size)) for size in call.args[1:])
        return _REARRANGED[call.name](xp, args[0], sizes)
    op = ops.get(call.name)
    least, most = op.arity
    if op.sizes and most and len(args) > most:
        options |= dict(zip(op.options, map(_option, call.args[most:]), strict=False))
        del args[most:]
    if not least <= len(args) <= (most or len(args)):
        raise UsageError(f"{op.name} takes {many(least, 'argument')}, not {len(args)}")
    return op.forward(xp, *args, **options)


def _option(option: Expr) -> Any:
    return tuple(map(_option, option.items)) if isinstance(option, ex.Array) else _number(option)


def _number(option: Expr) -> Fraction:
    if isinstance(option, Num):
        return option.value

    def refuse(leaf: Sym | Item) -> Array:
        raise Irrational

    try:
        return Fraction(evaluate(option, EXACT, refuse).item())
    except ArithmeticError:
        raise UsageError("an option such as axis= must be a number") from None


def index_of_item(index: tuple[Expr | Slice, ...]) -> Index:
    """An index of the language (from 1, both ends of a slice included) as NumPy's."""

    def end(bound: Expr | None) -> int | None:
        return None if bound is None else int(_number(bound))

    def entry(place: Expr | Slice) -> int | slice:
        if isinstance(place, Slice):
            start = end(place.start)
            return slice(None if start is None else start - 1, end(place.stop), end(place.step))
        return int(_number(place)) - 1

    return tuple(map(entry, index))


def _times(xp: Any, a: Array, b: Array) -> Array:
    """a·b; in floats 0 times what is infinite is 0, as in 0·x⁻¹, the derivative of x⁰."""
    product = a * b
    if isinstance(xp, Float64) and np.isnan(product).any():
        return np.where((np.equal(a, 0) | np.equal(b, 0)), 0.0, product)
    return product


def _swapped(xp: Any, x: Array, axes: tuple[int, ...]) -> Array:
    if axes != (x.ndim - 1, x.ndim):
        raise UsageError("swapaxes exchanges the last two axes")
    return xp.swap(x)


_REARRANGED: dict[str, Callable[..., Array]] = {
    "reshape": lambda xp, x, sizes: ops.get("reshape").forward(xp, x, sizes),
    "broadcast": lambda xp, x, sizes: xp.broadcast(x, sizes),
    "swapaxes": _swapped,
    "permute": lambda xp, x, axes: ops.get("permute").forward(xp, x, axes or None),
}

_SPECIAL: dict[str, Callable[..., Array]] = {
    "add": lambda xp, *terms: reduce(lambda a, b: a + b, terms),
    "mul": lambda xp, *factors: reduce(partial(_times, xp), factors),
    "hadamard": lambda xp, a, b: a * b,
    "outer": lambda xp, a, b: xp.outer(a, b),
    "gt": lambda xp, a, b: xp.gt(a, b),
    "eq": lambda xp, a, b: xp.eq(a, b),
    "lt": lambda xp, a, b: xp.lt(a, b),
    "ge": lambda xp, a, b: xp.ge(a, b),
    "le": lambda xp, a, b: xp.le(a, b),
    "place_rows": lambda xp, part, like, numbers: xp.rows_back(part, numbers, like),
    "first_max": lambda xp, *terms: reduce(lambda a, b: xp.where(xp.gt(b, a), b, a), terms),
    "indicator": lambda xp, condition: xp.where(condition, xp.number(1), xp.number(0)),
    "cases": lambda xp, condition, a, b: xp.where(condition, a, b),
}

FORMULA_FUNCTIONS = {
    **ops.FUNCTIONS,
    **{name: name for name in (*_REARRANGED, *ops.WHOLE, "outer", "place")},
}
"""Every spelling of a function that formulas of whole arrays may hold: those of files and a few more."""
