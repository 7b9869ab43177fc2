"""Rules for the derivative of a node's element: along the graph, from node to node."""

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.op import Op
from backprop_tutor.language import Sentence
from backprop_tutor.language import expr as ex
from backprop_tutor.language.deltas import delta_of, net_of
from backprop_tutor.language.expr import Call, Expr, Partial, Sum, Sym
from backprop_tutor.walkthrough.derivation.calculus import local_derivative
from backprop_tutor.walkthrough.derivation.definitions import named
from backprop_tutor.walkthrough.derivation.norms import jacobian, norm_of
from backprop_tutor.walkthrough.derivation.rule import DerivativeRule, Scene, delta, same
from backprop_tutor.walkthrough.derivation.terms import ZERO, build, factors, index_of, letters, substitute
from backprop_tutor.walkthrough.formulas import options

__all__ = ["AT_ONCE", "FROM_NODE_TO_NODE"]


def _constant(scene: Scene, place: Partial) -> Expr | None:
    return None if scene.depends(place.of, place.wrt) else ZERO


def _itself(scene: Scene, place: Partial) -> Expr | None:
    node = scene.node(place.of)
    return same(place.of, place.wrt) if node and node is scene.node(place.wrt) else None


def _through_station(scene: Scene, place: Partial) -> Expr | None:
    """∂J/∂w through the nodes after w whose derivatives are known, over all of their elements."""
    is_whole = scene.name(place.of) == scene.loss and scene.name(place.wrt) not in scene.cut
    return _sum_over(scene, place, list(scene.cut)) if scene.cut and is_whole else None


def _known(scene: Scene, place: Partial) -> Expr | None:
    """The name of a derivative of the loss that has been derived already."""
    name = scene.name(place.wrt)
    is_named = net_of(scene.stations.get(name, "")) and scene.name(place.of) == scene.loss
    return _by_name(scene, place.of, place.wrt) if is_named else None


def _by_name(scene: Scene, of: Expr, element: Expr) -> Expr:
    """∂of/∂element by the name that it has, or as it stands."""
    node = scene.node(element)
    if node is None or node.name not in scene.stations or scene.name(of) != scene.loss:
        return Partial(of, element)
    if node.name in scene.numbers:
        return scene.numbers[node.name]
    return named(scene.stations[node.name], node, index_of(element))


def _fan_out(scene: Scene, place: Partial) -> Expr | None:
    """The sum over every consumer, where none of them lies behind another."""
    of, wrt = scene.name(place.of), scene.name(place.wrt)
    if not of:
        return None
    below, above = scene.definitions.downstream, scene.definitions.graph.upstream(of)
    through = [name for name in scene.definitions.consumers(wrt) if name in above]
    apart = all(a == b or a not in below(b) for a in through for b in through)
    return _sum_over(scene, place, through) if apart and len(through) > 1 and of not in through else None


def _through_parents(scene: Scene, place: Partial) -> Expr | None:
    """The sum over all elements of what y is made of, where letters cannot say how."""
    node = scene.node(place.of)
    is_direct = node is not None and scene.name(place.wrt) in node.parents
    if node is None or is_direct or scene.definitions.is_sayable(node.name):
        return None
    moved = [name for name in node.parents if name in scene.definitions.downstream(scene.name(place.wrt))]
    return _sum_over(scene, place, moved)


def _sum_over(scene: Scene, place: Partial, through: list[str]) -> Expr:
    """The sum, over all elements of the nodes `through`, of ∂of/∂element · ∂element/∂wrt."""
    used, target = scene.letters(), scene.node(place.wrt)
    terms = []
    for name in through:
        if scene.held:  # the same letters in every term, so that those of many steps look alike
            used = scene.letters()
        node = scene.definitions.graph.nodes[name]
        batched = node.batched and target is not None and target.batched
        shared = batched and not scene.definitions.mixes_examples(name, scene.name(place.wrt))
        index = list(index_of(place.wrt)[:1]) if shared else []
        free = node.shape[len(index) :]
        fresh = scene.definitions.fresh(free, used, batched=node.batched and not shared)
        element = named(name, node, (*index, *fresh))
        used |= letters(element)
        towards: Expr = Partial(place.of, element)
        is_known = name in scene.stations and (len(scene.cut) > 1 or not net_of(scene.stations[name]))
        if is_known or name in scene.numbers:
            towards = _by_name(scene, place.of, element)  # its name looks the same: ∂J/∂a
        of = element
        is_moving = name in scene.definitions.moving(scene.name(place.wrt))
        is_norm = norm_of(scene.definitions, name, scene.name(place.wrt)) is not None
        if scene.held and not is_moving and not is_norm and scene.definitions.is_sayable(name):
            of = scene.definitions.define(element, used)
            used |= letters(of)
        term = ex.mul(towards, Partial(of, place.wrt))
        for at, size in reversed(list(zip(fresh, free, strict=True))):
            term = scene.definitions.total(at, size, term)
        terms.append(term)
    return ex.add(*terms)


def _op(scene: Scene, expr: Expr) -> Op | None:
    node = scene.node(expr)
    return ops.get(node.op) if node and node.op else None


def _net(scene: Scene, element: Expr) -> Expr | None:
    """The one argument of an element that is a function of it: net of h = f(net)."""
    op, node = _op(scene, element), scene.node(element)
    if node is None or op is None or not op.is_function or len(node.parents) != 1:
        return None
    defined = scene.define(element)
    net = defined.args[0] if isinstance(defined, Call) else element
    return net if scene.node(net) is scene.definitions.graph.nodes[node.parents[0]] else None


def _activation(scene: Scene, place: Partial) -> Expr | None:
    """The derivative of an activation by its own net."""
    net, op, node = _net(scene, place.of), _op(scene, place.of), scene.node(place.of)
    if net is None or op is None or node is None or scene.node(net) is not scene.node(place.wrt):
        return None
    return ex.mul(_local(scene, op, node, place.of, (net,)), same(net, place.wrt))


def _local(scene: Scene, op: Op, node: Node, y: Expr, args: tuple[Expr, ...]) -> Expr:
    """The local derivative of an activation: f'(net), or [net > 0] where its author wrote max(0, net)."""
    spelled = scene.definitions.says_otherwise(node.name)
    return local_derivative(op, 0, y, args, options(node.params), spelled=spelled)


def _activation_name(scene: Scene, place: Partial) -> str:
    op = _op(scene, place.of)
    return op.derivative_rule(0) if op else ""


def _chain(scene: Scene, place: Partial) -> Expr | None:
    """∂h/∂w = ∂h/∂net · ∂net/∂w for an activation h of net."""
    net = _net(scene, place.of)
    return None if net is None else ex.mul(Partial(place.of, net), Partial(net, place.wrt))


def _softmax_axis(scene: Scene, element: Expr) -> int | None:
    node, op = scene.node(element), _op(scene, element)
    if node is None or op is None or not op.across:
        return None
    axis = node.params.get("axis")
    return int(axis) - 1 if isinstance(axis, int) else len(node.shape) - 1


def _across(scene: Scene, place: Partial) -> Expr | None:
    """A softmax output depends on every net of its example: the sum over those."""
    axis, node = _softmax_axis(scene, place.of), scene.node(place.of)
    if axis is None or node is None:
        return None
    parent = scene.definitions.graph.nodes[node.parents[0]]
    index = list(index_of(place.of))
    (index[axis],) = scene.definitions.fresh((node.shape[axis],), scene.letters())
    net = named(parent.name, parent, tuple(index))
    term = ex.mul(Partial(place.of, net), Partial(net, place.wrt))
    return scene.definitions.total(index[axis], node.shape[axis], term)


def _softmax(scene: Scene, place: Partial) -> Expr | None:
    """∂z_k/∂net_l = z_k(δ_kl - z_l), and δ_kl - e^net_l / Σ e^net for the logarithm of z."""
    axis, node = _softmax_axis(scene, place.of), scene.node(place.of)
    if axis is None or node is None or node.parents != (scene.name(place.wrt),):
        return None
    index, other = index_of(place.of), index_of(place.wrt)
    elsewhere = [delta(a, b) for k, (a, b) in enumerate(zip(index, other, strict=True)) if k != axis]
    at = (*index[:axis], other[axis], *index[axis + 1 :])
    here = delta(index[axis], other[axis])
    if ops.get(node.op).across == "shares":
        return ex.mul(*elsewhere, place.of, ex.sub(here, named(node.name, node, at)))
    net = scene.definitions.graph.nodes[node.parents[0]]
    (letter,) = scene.definitions.fresh((node.shape[axis],), scene.letters())
    every = named(net.name, net, (*index[:axis], letter, *index[axis + 1 :]))
    total = scene.definitions.total(letter, node.shape[axis], Call("exp", (every,)))
    share = ex.div(Call("exp", (named(net.name, net, at),)), total)
    return ex.mul(*elsewhere, ex.sub(here, share))


def _norm(scene: Scene, place: Partial) -> Expr | None:
    """∂J/∂x and ∂y/∂x for a norm y of x, as its backward rule has them: what goes through the mean and the
    deviation is in it, and need not be derived anew. Likewise where letters cannot say what y is made of."""
    of, wrt = scene.node(place.of), scene.node(place.wrt)
    if of is None or wrt is None:
        return None
    whole = of.name == scene.loss
    consumers = scene.definitions.consumers(wrt.name) if whole else [of.name]
    node = scene.definitions.graph.nodes[consumers[0]] if len(consumers) == 1 else of
    if not node.op or not (ops.get(node.op).over or not scene.definitions.is_sayable(node.name)):
        return None
    below = scene.definitions.downstream(wrt.name)
    slots = [slot for slot, parent in enumerate(node.parents) if parent in below]
    if any(node.parents[slot] != wrt.name for slot in slots) or not slots:
        return None

    def upstream(index: tuple[Expr, ...]) -> Expr:
        if whole:
            return _by_name(scene, place.of, named(node.name, node, index))
        return ex.mul(*(delta(a, b) for a, b in zip(index, index_of(place.of), strict=True)))

    at, used = index_of(place.wrt), scene.letters()
    return ex.add(*(scene.definitions.sent_back(node, slot, upstream, at, used) for slot in slots))


def _written_norm(scene: Scene, place: Partial) -> Expr | None:
    """∂y/∂x for a norm y of x whose pieces have no names."""
    of, wrt = scene.name(place.of), scene.name(place.wrt)
    norm = norm_of(scene.definitions, of, wrt) if of and wrt and of != wrt else None
    return jacobian(norm, index_of(place.of), index_of(place.wrt), scene.letters()) if norm else None


def _norm_name(scene: Scene, place: Partial) -> str:
    wrt = scene.name(place.wrt)
    consumers = [scene.definitions.graph.nodes[name] for name in scene.definitions.consumers(wrt)]
    whole = (n for n in consumers if ops.get(n.op).over or not scene.definitions.is_sayable(n.name))
    node = next(whole)
    return ops.get(node.op).derivative_rule(node.parents.index(wrt))


def _activation_of_formula(scene: Scene, place: Partial) -> Expr | None:
    """The same for an activation of a formula without a name: ∂h/∂w = f'(…) · ∂/∂w(…).

    A function of a function is written out first, so that the rules see both: ln(e^x).
    """
    op, node = _op(scene, place.of), scene.node(place.of)
    if node is None or op is None or not op.is_function or len(node.parents) != 1:
        return None
    defined = scene.define(place.of)
    assert isinstance(defined, Call)
    inner = defined.args[0]
    within = ops.TABLE.get(inner.name) if isinstance(inner, Call) else None
    if within and within.is_function:
        return None
    local = _local(scene, op, node, place.of, defined.args)
    return ex.mul(local, Partial(inner, place.wrt))


def _linear(scene: Scene, place: Partial) -> Expr | None:
    """Of the sum that net is, only what is multiplied by w survives."""
    op = _op(scene, place.of)
    if op and op.weights:
        defined = scene.define(place.of)
    elif scene.held and isinstance(place.of, Call) and place.of.name == "add":
        defined = place.of
    else:
        return None
    terms = []
    for term in defined.args if isinstance(defined, Call) and defined.name == "add" else (defined,):
        if scene.depends(term, place.wrt):
            derived = _linear_term(scene, term, place.wrt)
            if derived is None:
                return None
            terms.append(derived)
    return ex.add(*terms)


def _linear_term(scene: Scene, term: Expr, wrt: Expr) -> Expr | None:
    body = term.body if isinstance(term, Sum) else term
    moving = [factor for factor in factors(body) if scene.depends(factor, wrt)]
    if len(moving) != 1:
        return None
    rest = ex.mul(*(factor for factor in factors(body) if factor is not moving[0]))
    if scene.node(moving[0]) is not scene.node(wrt):
        derived = ex.mul(rest, Partial(moving[0], wrt))
        return build(term, (term.upper, derived)) if isinstance(term, Sum) else derived
    if not isinstance(term, Sum):
        return ex.mul(same(moving[0], wrt), rest)
    pairs = zip(index_of(moving[0]), index_of(wrt), strict=True)
    found = {a.name: b for a, b in pairs if isinstance(a, Sym) and a.name == term.index}
    if not found or not scene.covers(term.upper, *found.values()):
        return None
    return ex.mul(same(substitute(moving[0], found), wrt), substitute(rest, found))


def _linear_sum(scene: Scene, place: Partial) -> Expr | None:
    """The same of a sum of products in which w itself stands."""
    if not isinstance(place.of, Sum):
        return None
    moving = [factor for factor in factors(place.of.body) if scene.depends(factor, place.wrt)]
    itself = len(moving) == 1 and scene.node(moving[0]) is scene.node(place.wrt)
    return _linear_term(scene, place.of, place.wrt) if itself else None


def _definition(scene: Scene, place: Partial) -> Expr | None:
    node = scene.node(place.of)
    return Partial(scene.define(place.of), place.wrt) if node and node.op else None


def _definition_name(scene: Scene, place: Partial) -> str:
    return Sentence(f"definition of {{{scene.name(place.of)}}}")


def _known_name(scene: Scene, place: Partial) -> str:
    return Sentence(f"definition of {{{delta_of(scene.name(place.wrt))}}}")


def _linear_name(scene: Scene, place: Partial) -> str:
    node = scene.node(place.of)
    if node is None or len(scene.cut) > 1:
        return "linearity"
    is_net = ops.get(node.op).weighted == "layer"
    return Sentence("linearity of {net}") if is_net else Sentence(f"linearity of {{{scene.name(place.of)}}}")


AT_ONCE = (
    DerivativeRule("constant", _constant, everywhere=True, minor=True),
    DerivativeRule("derivative of a variable by itself", _itself, minor=True),
    DerivativeRule("linearity of a sum", _linear_sum, minor=True),
)
"""Derivatives that can be written down."""

FROM_NODE_TO_NODE = (
    DerivativeRule("definition of delta", _known, _known_name),
    DerivativeRule("norm backwards", _norm, _norm_name),
    DerivativeRule("derivative of a norm", _written_norm),
    DerivativeRule("total derivative", _through_station),
    DerivativeRule("total derivative over consumers", _fan_out, lambda scene, place: "total derivative"),
    DerivativeRule("derivative of the activation", _activation, _activation_name),
    DerivativeRule("softmax Jacobian", _softmax, _activation_name),
    DerivativeRule("chain rule", _chain),
    DerivativeRule("derivative of an activation of a formula", _activation_of_formula, _activation_name),
    DerivativeRule("total derivative of softmax", _across, lambda scene, place: "total derivative"),
    DerivativeRule(
        "total derivative over parents", _through_parents, lambda scene, place: "total derivative"
    ),
    DerivativeRule("linearity of net", _linear, _linear_name),
    DerivativeRule("definition", _definition, _definition_name),
)
