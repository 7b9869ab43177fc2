"""What an exercise states: its formulas as its author wrote them, or those of its layers, what the functions
in them stand for, what N counts, and how weights are updated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.optimizers import MAXIMIZE
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.engine.systems.formal import COUNT
from backprop_tutor.exercise.ledger import Rate
from backprop_tutor.language import CANONICAL, Lettering, parse, to_text
from backprop_tutor.language.derivative_name import is_derivative
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym, children, rewrite
from backprop_tutor.language.over_steps import merged
from backprop_tutor.language.sentence import Sentence
from backprop_tutor.language.step_index import split_step, without_step
from backprop_tutor.walkthrough.formulas import options, symbol, written_forward
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["Said", "StatedTask"]

X = Sym("x")  # the letter of definitions
SHOWN = 4  # steps that are all listed
Said = tuple[str | Expr, ...]
"""A line: formulas and names of quantities, and words beside them."""


class StatedTask:
    """What has to be said of a `solution`'s exercise before anybody can work it, and nothing that it asks.

    `asked` names the quantities asked: a part of a formula that is among them is stated like the others.
    """

    def __init__(
        self, solution: Solution, lettering: Lettering = CANONICAL, asked: Iterable[str] = ()
    ) -> None:
        self.solution, self.graph, self.lettering = solution, solution.graph, lettering
        self.is_network = solution.exercise.layers is not None
        self.asked = {quantity.removeprefix(solution.gradient_prefix) for quantity in asked}
        self.formulas = {node.name: self._formula(node) for node in self._defined()}

    def equations(self) -> Iterator[Said]:
        """Every formula; those of a recurrence that differ in their step alone as one."""
        lines: dict[tuple[str, bool], list[Expr]] = {}
        for name, formula in self.formulas.items():
            base, step = split_step(name)
            lines.setdefault((base, bool(step)), []).append(_equation(Sym(name), formula))
        for equations in lines.values():
            for equation, letter, steps in merged(equations):
                yield (equation, f" for {letter} = {_listed(steps)}") if letter else (equation,)

    def meanings(self) -> Iterator[Said]:
        """What the functions stand for that formulas call by their names, each once; what N and n are."""
        parts = (part for formula in self.formulas.values() for part in _parts(formula))
        found = (self._meaning(part) for part in parts if isinstance(part, Call))
        losses = [node for node in self.graph.nodes.values() if node.op and ops.get(node.op).loss]
        yield from dict.fromkeys((*filter(None, found), *filter(None, map(self._count, losses))))

    def layout(self, *, by_element: bool, counting: bool = True) -> Iterator[Said]:
        """How arrays lie; with `counting` from where they are counted; if `by_element`, what the indices of
        an element mean."""
        yield from self._rows()
        yield from self._picked_steps()
        parts = [part for formula in self.formulas.values() for part in _parts(formula)]
        if counting and any(map(_counts, parts)):
            yield ("Elements, rows and axes are counted from 1.",)
        if any(isinstance(part, Item) and any(isinstance(at, Slice) for at in part.index) for part in parts):
            yield ("A slice such as 1:3 holds both of its ends.",)
        if any(isinstance(part, Call) and "keepdims" in dict(part.options) for part in parts):
            yield ("keepdims=1 keeps an axis that is added up, with the size 1.",)
        if by_element and self.solution.exercise.is_feed_forward:
            i, j = Sym("i"), Sym("j")
            yield Item(Sym("W1"), (i, j)), " leads to unit ", i, " from input ", j, "."
            if self.solution.shapes["x"][0] > 1:
                p = Sym(self.lettering.indices.example)
                yield Item(Sym("net1"), (i,), p), " is that of unit ", i, " in example ", p, "."

    def update(self) -> Iterator[Said]:
        """What is updated, by which equations of any parameter W, and from which start."""
        rate, exercise = self.solution.rate, self.solution.exercise
        if rate is None:
            return
        often = f" {exercise.steps} times" if exercise.steps > 1 else ""
        each = " W is any of them." if len(self.graph.parameters) > 1 else ""
        names = _and([Sym(name) for name in self.graph.parameters])
        yield "Update ", *names, f"{often}: {exercise.update}.{each}"
        equations = list(_update_equations(rate, Sym(f"{self.solution.gradient_prefix}W")))
        yield from ((equation,) for equation in equations)
        yield from ((_equation(Sym(letter), Num(value)),) for letter, value in rate.numbers.items())
        for equation in rate.optimizer.equations:
            if equation.overall:
                yield Sym(equation.target), f": {equation.says[0].lower()}{equation.says[1:]}"
        if len(rate.rates) > 1:
            yield Sym("η"), " is ", Sym(rate.rates[0]), " in the first update, and so on."
        if state := rate.optimizer.state:
            yield *_and([Sym(name) for name in state]), f" start{'s' * (len(state) == 1)} at 0."
        if any(Sym("k") in _parts(equation) for equation in equations):
            yield Sym("k"), " counts the updates from 1."

    # Formulas

    def _defined(self) -> Iterator[Node]:
        """The nodes that the exercise defines: those that its author named, and parts that are asked."""
        for node in self.graph.nodes.values():
            is_named = self.graph.is_named(node.name) and not is_derivative(node.name)
            if node.op and not self._is_picked(node) and (is_named or node.name in self.asked):
                yield node

    def _is_picked(self, node: Node) -> bool:
        """Whether it is a row of the data that a network takes step by step."""
        return self.is_network and bool(node.op) and self.graph.is_data(node.name)

    def _formula(self, node: Node) -> Expr:
        source = self.graph.source(node.name)
        if source.formula is not None:
            return source.formula
        op, inputs = ops.get(node.op), tuple(map(Sym, node.parents))
        if op.loss:
            word, words = ops.loss_words(op.name)
            settings = tuple((key, Sym(value)) for key, value in words.items())
            formula: Expr = Call(word, inputs, (*options(node.params), *settings))
        elif op.activation and not op.activation.word:
            said = {key: value for key, value in node.params.items() if key in op.definition}
            formula = Call(op.name, inputs, options(said))
        else:
            arrays = [symbol(FORM, self.graph.nodes[parent], parent) for parent in node.parents]
            formula = FORM.finish(written_forward(FORM, op, arrays, node.params)).expr
        return rewrite(self.lettering.whole(formula, node.name), self._unnamed)

    def _unnamed(self, part: Expr) -> Expr | None:
        """The formula of what has no name: the loss of the data beside a penalty."""
        name = part.name if isinstance(part, Sym) else ""
        return None if name not in self.graph.nodes or self.graph.is_named(name) else self._formula_of(name)

    def _formula_of(self, name: str) -> Expr:
        return self._formula(self.graph.nodes[name])

    # Words

    def _meaning(self, call: Call) -> Said | None:
        name = ops.FUNCTIONS.get(call.name)
        if name is None:
            return None
        op = ops.get(name)
        if op.loss:
            return (self._loss_meaning(op, call),)
        settings = op.chosen({key: value.value for key, value in call.options if isinstance(value, Num)})
        if op.definition:
            return (_equation(Call(op.name, (X,)), definition(op, settings)),)
        words_of_it = op.means.format(**settings) or (op.computes if op.activation else "")
        return (f"{op.name}: {words_of_it.rstrip('.')}.",) if words_of_it else None

    def _loss_meaning(self, op: Op, call: Call) -> str:
        words = {key: to_text(value) for key, value in call.options if key in ops.LOSS_WORDS}
        chosen = ops.get(ops.loss_of(op.name, words))
        if not (chosen.loss and chosen.loss.formula):
            return f"{op.name}: {self.lettering.prose(chosen.computes)}"
        said = "".join(f", {key}={to_text(value)}" for key, value in call.options)
        return self.lettering.prose(Sentence(f"{op.name}({{z}}, {{t}}{said}) = {chosen.loss.formula}."))

    def _count(self, node: Node) -> Said | None:
        """What N is, or n, of the loss at a node."""
        op, outputs = ops.get(node.op), self.graph.nodes[node.parents[0]]
        if op.mean == "elements":
            return (f"n = {outputs.size}, the number of outputs.",)
        if not op.mean:
            return None
        count = _equation(COUNT, Num(Fraction(op.examples(outputs))))
        if self.is_network:
            return count, ", the number of examples."
        adds_up = op.loss is not None and op.loss.adds_up
        source = self.graph.source(outputs.name)
        name = Sym(outputs.name) if source.name == outputs.name else source.formula or Sym(outputs.name)
        if not outputs.shape or (adds_up and len(outputs.shape) == 1):
            return count, ": ", name, " is one example."
        if adds_up:
            return count, ": each vector along the last axis of ", name, " is an example."
        what = "row" if len(outputs.shape) > 1 else "number"
        return count, f": each {what} of ", name, " is an example."

    def _rows(self) -> Iterator[Said]:
        """Where the examples of a network are, if there are several."""
        nodes = self.graph.nodes.values()
        several = [n.name for n in nodes if n.batched and n.shape[0] > 1 and not split_step(n.name)[1]]
        if self.is_network and several:
            line = "column" if self.lettering.by_columns else "row"
            yield f"Each {line} of ", *_and(list(map(Sym, several))), " is an example."

    def _picked_steps(self) -> Iterator[Said]:
        """What x<s> is, where data are taken step by step."""
        picked = (node.name for node in self.graph.nodes.values() if self._is_picked(node))
        for name in dict.fromkeys(map(without_step, picked)):
            yield Sym(f"{name}<s>"), " is step s of every example: row s of its ", Sym(name), "."


def definition(op: Op, settings: Mapping[str, object]) -> Expr:
    """The formula in x that a function of single elements stands for, with these settings."""

    def change(part: Expr) -> Expr | None:
        value = settings.get(part.name) if isinstance(part, Sym) else None
        return None if value is None else Num(Fraction(str(value)))

    names = frozenset([X.name, *settings])
    return rewrite(parse(op.definition, functions=ops.FUNCTIONS, names=names), change)


def _update_equations(rate: Rate, gradient: Expr) -> Iterator[Expr]:
    """The equations of an update, but for those that are worked out from all gradients together."""
    letters = ("W", "k", "η", *rate.numbers, *rate.optimizer.state)
    terms = {letter: FORM.array.scalar(Sym(letter)) for letter in letters}
    terms["g"] = FORM.array.scalar(gradient)
    terms |= {MAXIMIZE: terms["g"]} if rate.optimizer.maximizes else {}
    for equation in rate.optimizer.equations:
        if not equation.overall:
            formula = FORM.finish(equation.formula(FORM, terms)).expr
            yield _equation(Sym(equation.target), formula)
        terms[equation.target] = FORM.array.scalar(Sym(equation.target))
        terms["g"] = terms[equation.target] if equation.prepares else terms["g"]


def _equation(left: Expr, right: Expr) -> Expr:
    return Call("eq", (left, right))


def _parts(expr: Expr) -> Iterator[Expr]:
    """The expression and every one inside it."""
    yield expr
    for child in children(expr):
        yield from _parts(child)


def _counts(part: Expr) -> bool:
    """Whether it names an element, a row or an axis by its number."""
    match part:
        case Call(name, _, said):
            return name == "swapaxes" or "axis" in dict(said)
        case _:
            return isinstance(part, Item)


def _listed(steps: range) -> str:
    if len(steps) > SHOWN:
        return f"{', '.join(map(str, islice(steps, 2)))}, …, {steps[-1]}"
    return ", ".join(map(str, steps))


def _and(names: Sequence[Expr]) -> Said:
    """A, B and C"""
    found: list[str | Expr] = []
    for place, name in enumerate(names):
        found += [" and " if place == len(names) - 1 else ", "] if place else []
        found.append(name)
    return tuple(found)
