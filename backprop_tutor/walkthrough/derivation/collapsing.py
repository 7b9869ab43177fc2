"""The gradient behind a norm whose pieces have names, collapsed to its three terms."""

from collections.abc import Iterator
from dataclasses import replace

from backprop_tutor.language import Sentence
from backprop_tutor.language import expr as ex
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Num, Sym, name_of
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.derivation_form import Line, Section
from backprop_tutor.walkthrough.derivation.norms import Norm, gradient_behind, norm_of, shown_norms
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.random_model import Bench
from backprop_tutor.walkthrough.derivation.terms import ONE, index_of, letters, substitute

__all__ = ["collapsed", "put_in"]


def collapsed(section: Section, bench: Bench) -> Section:
    """The section, led on to three terms where x, centred to c or not, is divided by its deviation s to y,
    and where that is proved of this graph; else as it is. y may also be what is centred times 1/s."""
    definitions, x = bench.definitions, section.meaning.wrt
    for c in definitions.consumers(name_of(x)):
        for y in definitions.consumers(c):
            found = _longer(section, tuple(_lines(definitions, section, c, y)), bench)
            if found:
                return found
    for norm in shown_norms(definitions, name_of(x)):
        if norm_of(definitions, norm.y, norm.x) is None:
            found = _longer(section, (_at_once(section, norm),), bench)
            if found:
                return found
    return section


def _longer(section: Section, lines: tuple[Line, ...], bench: Bench) -> Section | None:
    longer = replace(section, lines=(*section.lines, *lines))
    holds = lines and all(line.verified for line in proved([longer], bench)[0].lines)
    return longer if holds else None


def _at_once(section: Section, norm: Norm) -> Line:
    definitions, x = norm.definitions, section.meaning.wrt
    gradient, node = gradient_of(definitions.graph.loss, norm.y), definitions.graph.nodes[norm.y]
    found = gradient_behind(norm, lambda at: named(gradient, node, at), index_of(x), letters(section.left))
    return Line(put_in(norm), found, section.left)


def put_in(norm: Norm) -> Sentence:
    """The rule that leads to the terms of a norm at once."""
    centred = f"; the values of {{{norm.y}}} add up to 0" if norm.centred else ""
    return Sentence(f"what is above put in{centred}")


def _lines(definitions: Definitions, section: Section, c: str, y: str) -> Iterator[Line]:
    """The lines, if c is x less something and y is c by something that is the same along some axes."""
    x, loss = section.meaning.wrt, definitions.graph.loss
    nodes, index = definitions.graph.nodes, index_of(x)
    if nodes[c].shape != nodes[y].shape or nodes[c].shape != nodes[name_of(x)].shape:
        return
    here = named(c, nodes[c], index)
    used = letters(section.left)
    match definitions.define(here, used), definitions.define(named(y, nodes[y], index), used):
        case Call("sub", (first, _)), Call("div", (above, deviation)) if (first, above) == (x, here):
            over = ex.div(ONE, deviation)
        case Call("sub", (first, _)), Call("mul", (a, b)) if first == x and here in (a, b):
            over = b if a == here else a
        case _:
            return
    own = letters(over)
    axes = [axis for axis, letter in enumerate(index) if isinstance(letter, Sym) and letter.name not in own]
    if not axes:
        return

    def gradient(name: str, at: tuple[Expr, ...]) -> Expr:
        return named(gradient_of(loss, name), nodes[name], at)

    count = ex.mul(*(definitions.size(nodes[y].shape[axis]) for axis in axes))
    share = Num(1 / count.value) if isinstance(count, Num) else ex.div(ONE, count)

    def mean(body: Expr, taken: set[str]) -> Expr:
        """The mean of `body`, which stands at `index`, along the axes, its letters not those `taken`."""
        sizes = [nodes[y].shape[axis] for axis in axes]
        fresh = definitions.fresh(sizes, taken, batched=nodes[y].batched and 0 in axes)
        new = {index[axis].name: letter for axis, letter in zip(axes, fresh, strict=True)}  # type: ignore[union-attr]
        body = substitute(body, new)
        for letter, size in reversed(list(zip(fresh, sizes, strict=True))):
            body = definitions.total(letter, size, body)
        return ex.mul(share, body)

    y_here, g = named(y, nodes[y], index), gradient(y, index)
    product = mean(ex.mul(g, y_here), {*used})
    inside = ex.mul(over, ex.sub(g, ex.mul(y_here, product)))
    by_c, said = gradient(c, index), gradient_of(loss, c)
    steps = (
        (Sentence(f"{{{said}}} and its mean"), ex.sub(by_c, mean(by_c, {*used}))),
        (Sentence(f"{{{said}}} put in"), ex.sub(inside, mean(inside, {*used, *letters(product)}))),
        (
            Sentence(f"the values of {{{y}}} add up to 0"),
            ex.mul(over, ex.sub(ex.sub(g, mean(g, {*used})), ex.mul(y_here, product))),
        ),
    )
    for rule, formula in steps:
        yield Line(rule, formula, section.left)
