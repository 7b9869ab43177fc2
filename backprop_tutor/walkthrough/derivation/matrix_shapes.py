"""The shapes of a matrix formula's factors, as a notation writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, name_of
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.terms import key_of, signed_terms, walk

__all__ = ["Shapes"]


@dataclass(frozen=True)
class Shapes:
    premises: Premises

    def of(self, expr: Expr) -> Shape:
        if isinstance(expr, Call) and expr.name == "transpose":
            (inside,) = map(self.of, expr.args)
            return (1, *inside) if len(inside) == 1 else inside[::-1]

        def lookup(leaf: Sym | Item) -> Array:
            name = name_of(leaf)
            node = self._node(Sym(name))
            whole = Form(leaf, self.premises.lettering.shape(name, node.shape) if node else ())
            return FORM.index(whole, key_of(leaf)) if isinstance(leaf, Item) else whole

        return tuple(evaluate(self.for_numpy(expr), FORM, lookup).shape)

    def _node(self, expr: Expr) -> Node | None:
        """The node whose value, or whose derivative, a name stands for."""
        names = self.premises.definitions.derivatives
        name = expr.name if isinstance(expr, Sym) else ""
        return self.premises.solution.graph.nodes.get(names.get(name, name))

    def is_batched(self, expr: Expr) -> bool:
        nodes = [self._node(part) for part in walk(expr)]
        return any(node is not None and node.batched for node in nodes)

    def for_numpy(self, formula: Expr) -> Expr:
        """On paper a vector is a column and its transpose a row; NumPy's vectors are neither."""

        def change(part: Expr) -> Expr | None:
            match part:
                case Call("matmul", (a, b)) if () in (self.of(a), self.of(b)):
                    return ex.mul(*(_upright(ex.rewrite(side, change)) for side in (a, b)))
                case Call("matmul", (a, Call("transpose", (b,)))) if len(self.of(b)) == 1:
                    sizes = [Num(Fraction(size)) for size in (*self.of(a), 1)]
                    return Call("mul", (Call("reshape", (ex.rewrite(a, change), *sizes)), b))
                case _:
                    return None

        return ex.rewrite(formula, change)

    def factors(self, expr: Expr, *, whole: bool = False) -> Iterator[tuple[Expr, Shape]]:
        """Every factor that is an array, from left to right, with its shape; of a `whole` formula, those of
        each term."""
        match expr:
            case Call("matmul" | "hadamard" | "mul" | "neg" as name, args):
                for arg in args:
                    yield from self.factors(arg, whole=whole and name != "matmul")
            case Call("add" | "sub") if whole and any(map(_is_product, (t for _, t in signed_terms(expr)))):
                for _, term in signed_terms(expr):
                    yield from self.factors(term)
            case _:
                shape = self.of(expr)
                if shape:
                    yield expr, shape


def _is_product(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name in ("matmul", "hadamard", "mul")


def _upright(expr: Expr) -> Expr:
    """A vector that a number lies beside need not lie down."""
    return expr.args[0] if isinstance(expr, Call) and expr.name == "transpose" else expr
