"""A formula of whole arrays as a person leaves it: numbers and signs in front, each product turned part by
part, a sum that keeps its axis rather than one put back into shape."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, leaves
from backprop_tutor.walkthrough.derivation.terms import ONE, ZERO, difference, signed_terms

__all__ = ["tidied"]

ShapeOf = Callable[[Expr], Shape]

_KEPT: tuple[str, Expr] = ("keepdims", Num(Fraction(1)))


def tidied(formula: Expr, shape: ShapeOf) -> Expr:
    """`formula`, or what broadcasts to the same; `shape` gives that of each part of it. An array of equal
    numbers but 0 is left as it is."""
    found = _Tidier(shape).sum(formula)
    return formula if isinstance(found, Num) and found != ZERO and shape(formula) else found


@dataclass(frozen=True)
class _Product:
    """A number, factors that are single numbers, and at most one array."""

    number: Fraction = Fraction(1)
    scalars: tuple[Expr, ...] = ()
    array: Expr | None = None

    @property
    def expr(self) -> Expr:
        array = () if self.array is None else (self.array,)
        known = [scalar for scalar in self.scalars if not any(map(_is_named, leaves(scalar)))]
        others = [scalar for scalar in self.scalars if scalar not in known]
        product = ex.mul(Num(abs(self.number)), *known, *others, *array)
        return ex.neg(product) if self.number < 0 else product

    def times(self, other: "_Product", join: Callable[[Expr, Expr], Expr]) -> "_Product":
        both = [array for array in (self.array, other.array) if array is not None]
        array = join(*both) if len(both) == 2 else both[0] if both else None
        return _Product(self.number * other.number, (*self.scalars, *other.scalars), array)

    def inverse(self) -> "_Product":
        array = None if self.array is None else ex.div(ONE, self.array)
        return _Product(1 / self.number, tuple(ex.div(ONE, scalar) for scalar in self.scalars), array)


def _is_named(leaf: Expr) -> bool:
    return not isinstance(leaf, Num)


def _hadamard(a: Expr, b: Expr) -> Expr:
    """a ⊙ b, where one of them is 1/b the fraction."""
    return Call("hadamard", (a, b))


@dataclass(frozen=True)
class _Tidier:
    shape: ShapeOf

    def sum(self, expr: Expr) -> Expr:
        match expr:
            case Call("add" | "sub"):
                return difference(
                    [term for sign, part in signed_terms(expr) for term in self._term(sign, part)]
                )
            case _:
                return self.product(expr).expr

    def _term(self, sign: int, part: Expr) -> list[tuple[int, Expr]]:
        return [(sign * other, term) for other, term in signed_terms(self.product(part).expr)]

    def product(self, expr: Expr) -> _Product:
        match expr:
            case Num(value, ""):
                return _Product(value)
            case Call("neg", (a,)):
                return _Product(Fraction(-1)).times(self.product(a), ex.mul)
            case Call("mul", args):
                found = _Product()
                for arg in args:
                    found = found.times(self.product(arg), lambda a, b: ex.mul(a, b))
                return found
            case Call("hadamard", (a, b)):
                return self.product(a).times(self.product(b), _hadamard)
            case Call("div", (a, b)) if self.sum(b) != ZERO:
                return self._quotient(self.product(a), self.product(b))
            case Call("matmul", (a, b)):
                left, right = self.product(a), self.product(b)
                if left.array is None or right.array is None:
                    return self._whole(expr)
                return left.times(right, ex.matmul)
            case Call("transpose", (a,)):
                inside = self.product(a)
                turned = None if inside.array is None else _turned(inside.array)
                return _Product(inside.number, inside.scalars, turned)
            case Call("broadcast" | "reshape", (a, *sizes)):
                return self._spread(expr, self.product(a), tuple(sizes))
            case Call("sum", (a,), options):
                inside = self.product(a)
                if inside.array is None:
                    return self._whole(expr)
                total = Call("sum", (inside.array,), options)
                return _Product(inside.number, inside.scalars).times(self._whole(total), ex.mul)
            case _:
                return self._whole(expr)

    def _whole(self, expr: Expr) -> _Product:
        """What is no product, its parts tidied."""
        if isinstance(expr, Call):
            expr = Call(expr.name, tuple(map(self.sum, expr.args)), expr.options)
        return _Product(scalars=(expr,)) if self.shape(expr) == () else _Product(array=expr)

    def _quotient(self, above: _Product, below: _Product) -> _Product:
        if above.array is None or below.array is None:
            return above.times(below.inverse(), ex.mul)
        divided = _Product(array=ex.div(above.array, below.array))
        rest = _Product(below.number, below.scalars).inverse()
        return _Product(above.number, above.scalars).times(rest, ex.mul).times(divided, ex.mul)

    def _spread(self, expr: Call, inside: _Product, sizes: tuple[Expr, ...]) -> _Product:
        """A number need not be spread out; a sum that is put back into shape keeps its axis."""
        if inside.array is None:
            return inside
        array: Expr = Call(expr.name, (inside.array, *sizes))
        match expr.name, inside.array:
            case "reshape", Call("sum", (a,), (("axis", Num(axis)),)):
                kept = list(self.shape(a))
                kept[int(axis) - 1] = 1
                if tuple(kept) == self.shape(array):
                    array = Call("sum", (a,), (("axis", Num(axis)), _KEPT))
        return _Product(inside.number, inside.scalars, array)


def _turned(array: Expr) -> Expr:
    """The transpose of an array, of a product that of its factors where one of them is turned already."""
    match array:
        case Call("matmul", (a, b)) if any(isinstance(x, Call) and x.name == "transpose" for x in (a, b)):
            return ex.matmul(_turned(b), _turned(a))
        case Call("outer", (a, b)):
            return Call("outer", (b, a))
        case _:
            return ex.transpose(array)
