"""The proof of a formula of whole arrays: every entry is the derivative that it should be."""

from functools import partial
from math import prod

import numpy as np

from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import ProofError
from backprop_tutor.language.expr import Expr, Item, Partial, Sym
from backprop_tutor.walkthrough.derivation.bench import DRAWS, Bench
from backprop_tutor.walkthrough.derivation.ground import Ground
from backprop_tutor.walkthrough.derivation.model import Model
from backprop_tutor.walkthrough.derivation.opaque import Arrays, Dual, value_of
from backprop_tutor.walkthrough.derivation.own_values import OwnValues

__all__ = ["check_matrix"]

TOLERANCE = 1e-9


def check_matrix(ground: Ground, meaning: Partial, formula: Expr) -> None:
    """`formula` is dJ/d(wrt) on drawn models and on the exercise's own numbers. Raises ProofError."""
    assert isinstance(meaning.wrt, Sym)
    name = meaning.wrt.name
    if not _on_models(ground.special, name, formula) or not _on_own_values(ground, name, formula):
        raise ProofError(ground.question.name, f"the matrix formula of dJ/d{name} gives other entries.")


def _on_models(bench: Bench, name: str, formula: Expr) -> bool:
    gradient = f"d{bench.definitions.graph.loss}/d{name}"
    found = 0
    for model in bench.models():
        try:
            array = evaluate(formula, Arrays(model.draw), partial(_array, model))
            entries = _fitted(array, model.shape(name))
            for index in model.indices(name):
                if value_of(entries[index]) != model.element(gradient, index, None):
                    return False
        except ZeroDivisionError:
            continue
        found += 1
        if found == DRAWS:
            break
    return True


def _array(model: Model, leaf: Sym | Item) -> Array:
    """A whole quantity of a model."""
    name = _name(leaf)
    node = model.definitions.derivatives.get(name, name)
    known = node in model.definitions.graph.nodes
    shape = model.shape(node) if known else ()
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        array[index] = Dual(model.element(name, index, None), 0)
    return array


def _on_own_values(ground: Ground, name: str, formula: Expr) -> bool:
    gradient, exact = ground.solution.first.gradient(name), ground.solution.first.exact_gradient(name)
    own = OwnValues(ground, exact=False)
    with np.errstate(all="ignore"):
        found = evaluate(formula, FLOAT64, lambda leaf: own.array(_name(leaf)))
    if not np.allclose(_fitted(found, gradient.shape), gradient, rtol=TOLERANCE, atol=TOLERANCE):
        return False
    if exact is None:
        return True
    fractions = OwnValues(ground, exact=True)
    try:
        entries = evaluate(formula, EXACT, lambda leaf: fractions.array(_name(leaf)))
    except (Irrational, ZeroDivisionError):
        return True
    return bool(np.all(np.equal(_fitted(entries, exact.shape), exact)))


def _name(leaf: Sym | Item) -> str:
    base = leaf.base if isinstance(leaf, Item) else leaf
    assert isinstance(base, Sym)
    return base.name


def _fitted(array: Array, shape: Shape) -> Array:
    """A column of n is an array of n."""
    return np.reshape(array, shape) if np.size(array) == prod(shape) else np.broadcast_to(array, shape)
