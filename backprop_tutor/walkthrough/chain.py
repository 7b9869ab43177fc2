"""The chain rule of one derivative, path by path: upstream gradient times local derivative, and their sum.

The terms come from the graph and not from the printed formula, so that a step whose formula gathers them
(softmax, a product of matrices) shows one for every element through which the loss is reached.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import isclose

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.element import ELEMENT
from backprop_tutor.engine.systems.formal import COUNT
from backprop_tutor.engine.systems.taint import TAINT, clear, mark
from backprop_tutor.errors import ProofError
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language.expr import Call, Expr, Sym
from backprop_tutor.walkthrough.formulas import consumers
from backprop_tutor.walkthrough.local_derivatives import local_formula
from backprop_tutor.walkthrough.solution import Solution
from backprop_tutor.walkthrough.steps import Step
from backprop_tutor.walkthrough.worked import Worked, Workings

__all__ = ["Chain", "Link", "chain_of", "local_derivative", "paths_of"]

MAX_LINKS = 8  # terms of a sum that are all worked out
SAMPLE = 3  # of a longer one, and its last
TOLERANCE = 1e-9  # of the terms' sum, to 1 and to the size of the terms

At = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One path: through the element `of`, with the loss's derivative by it and its own by the quantity.

    `upstream` is ∂J/∂of, `local` is ∂of/∂quantity; their product is the term.
    """

    of: Expr
    upstream: Worked
    local: Worked
    product: float
    exact: Fraction | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The links of one element. Of a long sum some are `left_out`, before the last."""

    links: tuple[Link, ...]
    left_out: int = 0


def chain_of(workings: Workings, step: Step, index: At) -> Chain:
    """The chain rule of the element at the zero-based `index` of a gradient's step of the first pass.

    Raises ProofError where its terms do not add up to the gradient.
    """
    solution, name = workings.solution, step.node.name
    paths = paths_of(solution, step.node, index)
    chosen = paths if len(paths) <= MAX_LINKS else [*paths[:SAMPLE], paths[-1]]
    links = tuple(_link(workings, step, node, at, name, index) for node, at in chosen)
    if len(chosen) == len(paths):
        _prove(workings, step, index, links)
    return Chain(links, len(paths) - len(chosen))


def paths_of(solution: Solution, node: Node, index: At) -> list[tuple[Node, At]]:
    """Every element that is worked out from this one, and that the loss depends on: its node and place."""
    graph = solution.graph
    start = np.zeros(node.shape, dtype=bool)
    start[index] = True
    found = []
    for user in consumers(graph, node.name, solution.ledger.used):
        reached = {node.name: start}
        for name in (*graph.inside(user), user):
            inner = graph.nodes[name]
            shapes = ((parent, graph.nodes[parent].shape) for parent in inner.parents)
            inputs = [mark(reached[p]) if p in reached else clear(shape) for p, shape in shapes]
            with np.errstate(all="ignore"):
                reached[name] = np.isnan(ops.get(inner.op).forward(TAINT, *inputs, **inner.params))
        found += [(graph.nodes[user], tuple(map(int, at))) for at in np.argwhere(reached[user])]
    return found


def local_derivative(solution: Solution, step: Step, node: Node, at: At, index: At) -> Expr:
    """The derivative of one of those elements by the element at `index` of the step's node."""
    xp = ELEMENT if COUNT.name in step.numbers else ELEMENT.counting()
    return local_formula(solution.graph, node, at, step.node.name, index, xp)


def _link(workings: Workings, step: Step, node: Node, at: At, name: str, index: At) -> Link:
    solution = workings.solution
    formula = workings.lettering.rewrite(local_derivative(solution, step, node, at, index))
    local = Worked(
        element_symbol(name, step.node, index),
        formula,
        workings.substitute(step, formula),
        *workings.value_of(step, formula),
    )
    of = element_symbol(node.name, node, at)
    if node.name == solution.graph.loss:
        upstream = Worked(Sym(f"{solution.gradient_prefix}{node.name}"), None, None, 1.0, Fraction(1))
    else:
        quantity = solution.gradient_prefix + node.name
        upstream = Worked(element_symbol(quantity, node, at), None, None, *workings.number(quantity, at))
    exact = None if upstream.exact is None or local.exact is None else upstream.exact * local.exact
    return Link(of, upstream, local, upstream.value * local.value if exact is None else float(exact), exact)


def _prove(workings: Workings, step: Step, index: At, links: tuple[Link, ...]) -> None:
    value, exact = workings.number(step.quantity, index)
    terms = [link.exact for link in links if link.exact is not None]
    if exact is not None and len(terms) == len(links):
        right = sum(terms, Fraction(0)) == exact
    else:
        size = sum(abs(link.product) for link in links)
        right = isclose(sum(link.product for link in links), value, abs_tol=TOLERANCE * (1 + size))
        right = right or workings.precisely.agree(step, _summed(links), index)
    if not right:
        raise ProofError(step.quantity, f"the terms of its chain rule do not add up to {value!r}.")


def _summed(links: tuple[Link, ...]) -> Expr:
    """The chain rule as a formula."""
    terms = [
        link.local.formula
        if link.upstream.exact == 1
        else Call("mul", (link.upstream.name, link.local.formula))
        for link in links
        if link.local.formula is not None
    ]
    return Call("add", tuple(terms)) if len(terms) > 1 else terms[0]
