"""The proof of a formula of whole arrays: every entry is the derivative that it should be."""

from collections.abc import Callable
from functools import partial
from math import prod

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.letters import Unwritable
from backprop_tutor.errors import ProofError
from backprop_tutor.language import Lettering
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Expr, Item, Sym, name_of
from backprop_tutor.walkthrough.derivation.opaque import Arrays, RationalDual, value_of
from backprop_tutor.walkthrough.derivation.own_values import OwnValues
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.random_model import DRAWS, Bench, RandomModel
from backprop_tutor.walkthrough.derivation.terms import key_of

__all__ = ["check_matrix"]

TOLERANCE = 1e-9


def check_matrix(premises: Premises, name: str, formula: Expr) -> None:
    """`formula` is dJ/d(name) on drawn models and on the exercise's own numbers. Raises ProofError."""
    if not _on_models(premises, name, formula) or not _on_own(premises, name, formula):
        quantity = gradient_of(premises.solution.graph.loss, name)
        raise ProofError(premises.question.name, f"the matrix formula of {quantity} gives other entries.")


def _suits_models(premises: Premises) -> bool:
    """Not where the formula counts on the exercise's own sizes, or on more of exp than its derivative."""
    counts = bool(premises.sizes) and not premises.is_network
    used = [ops.get(node.op) for node in premises.solution.graph.nodes.values() if node.op]
    return premises.can_be_proved and not counts and all(op.across != "logarithms" for op in used)


def _on_models(premises: Premises, name: str, formula: Expr) -> bool:
    if not _suits_models(premises):
        return True
    try:
        return _on_each(premises.special, name, formula, premises.lettering)
    except Unwritable:
        return _on_each(premises.numbered, name, formula, premises.lettering)


def _on_each(bench: Bench, name: str, formula: Expr, lettering: Lettering) -> bool:
    gradient = gradient_of(bench.definitions.graph.loss, name)
    found = 0
    for model in bench.models():
        try:
            array = evaluate(formula, Arrays(model.draw), partial(_array, model, lettering))
            entries = _entries(array, gradient, model.shape(name), lettering)
            for index in model.indices(name):
                if value_of(entries[index]) != model.element(gradient, index, None):
                    return False
        except ZeroDivisionError:
            continue
        found += 1
        if found == DRAWS:
            break
    return True


def _entries(array: Array, name: str, shape: Shape, lettering: Lettering) -> Array:
    """`array`, written as the notation has it, with the examples as rows; a column of n as n entries."""
    fitted = np.broadcast_to(array, lettering.shape(name, shape)) if np.size(array) != prod(shape) else array
    return fitted.T if lettering.turned(name) else np.reshape(fitted, shape)


def _part(array: Array, leaf: Sym | Item, lettering: Lettering) -> Array:
    """What `leaf` says of a whole quantity, written as the notation has it."""
    if isinstance(leaf, Item):
        return np.asarray(array[key_of(leaf)], dtype=array.dtype)
    return array.T if lettering.turned(leaf.name) else array


def _array(model: RandomModel, lettering: Lettering, leaf: Sym | Item) -> Array:
    """A quantity of a model."""
    name = name_of(leaf)
    node = model.definitions.derivatives.get(name, name)
    shape = model.shape(node) if node in model.definitions.graph.nodes else ()
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        array[index] = RationalDual(model.element(name, index, None), 0)
    return _part(array, leaf, lettering)


def _on_own(premises: Premises, name: str, formula: Expr) -> bool:
    lettering = premises.lettering
    gradient, exact = premises.solution.first.gradient(name), premises.solution.first.exact_gradient(name)
    quantity = gradient_of(premises.solution.graph.loss, name)

    def entries(own: OwnValues) -> Array:
        def lookup(leaf: Sym | Item) -> Array:
            return _part(own.array(name_of(leaf)), leaf, lettering)

        return _entries(evaluate(formula, own.xp, lookup), quantity, gradient.shape, lettering)

    with np.errstate(all="ignore"):
        found = entries(OwnValues(premises, FLOAT64))
    if not np.allclose(found, gradient, rtol=TOLERANCE, atol=TOLERANCE):
        return _is_rounding(entries, premises, quantity)
    try:
        return exact is None or bool(np.all(np.equal(entries(OwnValues(premises, EXACT)), exact)))
    except (Irrational, ZeroDivisionError):
        return True


def _is_rounding(entries: Callable[[OwnValues], Array], premises: Premises, quantity: str) -> bool:
    """Whether the formula is right where no digits are lost, or cannot be told."""
    from backprop_tutor.engine.systems.precise import PRECISE, agree  # imports mpmath

    right = premises.solution.precise(quantity)
    try:
        found = entries(OwnValues(premises, PRECISE))
    except ArithmeticError:
        return True
    return right is None or agree(found, right)
