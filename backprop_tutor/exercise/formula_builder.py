"""One formula of a graph -> nodes, one op each, through the ops table."""

from collections.abc import Callable
from fractions import Fraction
from operator import add, mul

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import GraphBuilder, Param
from backprop_tutor.engine.op import Op
from backprop_tutor.errors import BackpropTutorError, ShapeError, UsageError
from backprop_tutor.exercise.labels import Labels
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Array, Call, Expr, Item, Num, Slice, Sym
from backprop_tutor.language.step_index import split_step

__all__ = ["MAX_NODES", "FormulaBuilder", "FormulaError"]

MAX_NODES = 10_000
MAX_SAID = 32  # terms of a part of a long sum, in messages that leave out the rest of it
MAX_BITS = 8_192  # of a literal number's numerator or denominator

_LISTS = ("axis", "shape", "axes", "size", "stride", "padding")
_CHAINS = {"add": "add", "mul": "mul", "max": "maximum", "min": "minimum"}


class FormulaError(BackpropTutorError):
    """A formula that the ops table cannot carry out."""


class FormulaBuilder:
    """Adds formulas to a builder. A nested one makes nodes `name_1`, `name_2`, … in evaluation order."""

    def __init__(
        self, builder: GraphBuilder, names: frozenset[str], relu_at_zero: Fraction, labels: Labels
    ) -> None:
        self.builder, self.labels = builder, labels
        self.names = names
        self.relu_at_zero = relu_at_zero
        self.name = ""
        self.inner = 0
        self.made: dict[str, tuple[str, Expr]] = {}
        """The line and the part of its formula that each node was made of."""

    def define(self, name: str, expr: Expr) -> None:
        """Add the node `name` with the value of `expr`, whose names exist in the builder.

        Raises FormulaError.
        """
        self.name, self.inner = name, 0
        if fold(expr) is not None or isinstance(expr, Sym):
            self.apply(name, "identity", (self.node(expr),), {}, expr)
        else:
            self.node(expr, name)

    def node(self, expr: Expr, name: str = "") -> str:
        """The name of the node that holds the value of `expr`."""
        constant = fold(expr)
        if constant is not None:
            return self.builder.constant(constant)
        match expr:
            case Sym(known):
                return known
            case Item():
                return self.item(expr, name)
            case Call():
                return self.call(expr, name)
            case Array():
                raise FormulaError(
                    "an array in [ ] cannot stand in a formula",
                    hint="Give it a name under `given` or `parameters`.",
                )
            case _:
                raise FormulaError("a sum over an index or a derivative cannot stand in a formula")

    def item(self, item: Item, name: str) -> str:
        if item.example is not None:
            raise FormulaError("an example in ( ) has no meaning in a graph", hint="Write the index in [ ].")
        parent = self.node(item.base)
        if any(isinstance(position, Sym) for position in item.index):
            return self.rows(item, parent, name)
        key = tuple(_position(position) for position in item.index)
        return self.apply(name, "index", (parent,), {"key": key}, item)

    def rows(self, item: Item, parent: str, name: str) -> str:
        """`E[ids]`: the rows of E that the given whole numbers say."""
        numbers = item.index[0]
        if len(item.index) > 1 or not isinstance(numbers, Sym):
            raise FormulaError("a name in [ ] stands alone", hint="Write it as in E[ids], which takes rows.")
        if self.builder.nodes[numbers.name].role != "given":
            raise FormulaError(
                f"{numbers.name} in [ ] is not given",
                hint="The numbers of rows are data: put them under `given`.",
            )
        return self.apply(name, "rows", (parent, numbers.name), {}, item)

    def choice(self, call: Call, name: str) -> str:
        """`where(a > b, x, y)`."""
        condition, *values = call.args
        assert isinstance(condition, Call)
        parents = tuple(self.node(arg) for arg in (*condition.args, *values))
        return self.apply(name, "where", parents, {"relation": condition.name}, call)

    def call(self, call: Call, name: str) -> str:
        if call.name == "cases":
            return self.choice(call, name)
        args = list(call.args)
        op_name = call.name if call.name in ops.TABLE else ops.FUNCTIONS.get(call.name, call.name)
        words = {key: value.text for key, value in call.options if isinstance(value, Num) and value.text}
        if words:
            op_name = self.worded(op_name, words)
        params: dict[str, Param] = {
            key: _literal(value, key) for key, value in call.options if key not in words
        }
        if op_name == "hadamard":
            op_name = "mul"
        if op_name in _CHAINS and (len(args) > 1 or op_name in ("add", "mul")):
            op_name = _CHAINS[op_name]
            _check_call(ops.get(op_name), 2, params)
            first, *middle, last = [self.node(arg) for arg in args]
            left = first
            for count, term in enumerate(middle, start=2):
                said = Call(call.name, call.args[: min(count, MAX_SAID)], call.options)
                left = self.apply("", op_name, (left, term), params, said)
            return self.apply(name, op_name, (left, last), params, call)
        op = self.op(op_name, call)
        most = op.arity[1]
        if op.rest and len(args) > 1:
            params[op.rest] = tuple(_literal(size, "a size") for size in args[1:])
            del args[1:]
        if op.sizes and most and len(args) > most:
            named = dict(zip(op.options, args[most:], strict=False))
            params = {**{key: _literal(value, key) for key, value in named.items()}, **params}
            del args[most : most + len(named)]
        _check_call(op, len(args), params)
        return self.apply(name, op_name, tuple(self.node(arg) for arg in args), params, call)

    def op(self, name: str, call: Call) -> Op:
        try:
            return ops.get(name)
        except UsageError:
            hint = "The derivative of a function is not for graphs." if name.endswith("'") else ""
            raise FormulaError(f"{call.name} is not a function of a graph", hint=hint) from None

    def worded(self, name: str, words: dict[str, str]) -> str:
        """The op that a function is with options that are words."""
        try:
            return ops.loss_of(name, words)
        except UsageError as error:
            raise FormulaError(error.what, hint=error.hint) from None

    def apply(
        self, name: str, op: str, parents: tuple[str, ...], params: dict[str, Param], expr: Expr
    ) -> str:
        """Add the node of `expr`; what does not fit is told by the formula, not by an inner node's name.

        max(0, x) is relu(x), and follows its convention at 0.
        """
        others = tuple(parent for parent in parents if self.builder.nodes[parent].value != 0)
        if ops.get(op).against_zero and len(others) == 1:
            op, parents = ops.get(op).against_zero, others
        if self.relu_at_zero and "at_zero" in ops.get(op).options:
            params = {"at_zero": self.relu_at_zero, **params}
        if len(self.builder.nodes) >= MAX_NODES:
            raise FormulaError(f"the graph has more than {MAX_NODES:,} nodes")
        self.check_classes(op, parents)
        node = name or self.fresh()
        self.made[node] = (self.name, expr)
        try:
            return self.builder.apply(node, op, parents, params)
        except ShapeError as error:
            part = "" if name else f"in `{to_text(expr)[:60]}`: "
            raise FormulaError(part + error.what.removeprefix(f"{node}: "), hint=error.hint) from None

    def check_classes(self, op: str, parents: tuple[str, ...]) -> None:
        """Given classes become shares where a loss compares with them; nothing else may use them."""
        loss, nodes = ops.get(op).loss, self.builder.nodes
        if loss and loss.adds_up and len(parents) == 2:
            outputs, target = (nodes[parent] for parent in parents)
            if target.value is not None:
                raise FormulaError("a class must have a name", hint="Put it under `given`.")
            is_new = target.name not in self.labels.names and target.role == "given" and outputs.shape
            if is_new and self.labels.are_labels(target.name, outputs.shape):
                if any(target.name in node.parents for node in nodes.values()):
                    raise self.two_meanings(target.name)
                self.labels.spread(target.name, outputs.shape[-1])
                nodes[target.name] = target._replace(shape=outputs.shape)
            parents = parents[:1]
        for name in self.labels.names.intersection(parents):
            raise self.two_meanings(name)

    def two_meanings(self, name: str) -> FormulaError:
        what = f"{name} holds classes in one formula and numbers in another"
        return FormulaError(what, hint="Give each a name of its own.")

    def fresh(self) -> str:
        while True:
            self.inner += 1
            name = inner_name(self.name, self.inner)
            if name not in self.builder.nodes and name not in self.names:
                return name


def fold(expr: Expr) -> Fraction | None:
    """The exact value of arithmetic on literal numbers alone, such as -2 or 1/3; None for anything else.

    Powers stay ops: `9**9**9` must not be carried out here.
    """
    match expr:
        case Num(value):
            return value
        case Call("neg", (a,)):
            inner = fold(a)
            return None if inner is None else -inner
        case Call("add" | "sub" | "mul" | "div" as name, args):
            terms = [fold(arg) for arg in args]
            numbers = [term for term in terms if term is not None]
            return _combine(name, numbers) if len(numbers) == len(terms) else None
        case _:
            return None


_FOLDS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": add,
    "mul": mul,
    "sub": lambda a, b: a - b,
    "div": lambda a, b: a / b,
}


def _combine(name: str, numbers: list[Fraction]) -> Fraction:
    total = numbers[0]
    for number in numbers[1:]:
        if name == "div" and number == 0:
            raise FormulaError(f"{total}/0 divides by zero")
        total = _FOLDS[name](total, number)
        if max(total.numerator.bit_length(), total.denominator.bit_length()) > MAX_BITS:
            raise FormulaError("a literal number here is too long")
    return total


def _literal(expr: Expr, what: str) -> Param:
    """The number, or the tuple of numbers, that an option says."""
    if isinstance(expr, Array) and what in _LISTS:
        return tuple(_literal(item, what) for item in expr.items)
    value = fold(expr)
    if value is None:
        raise FormulaError(f"{what} must be a number", hint="Write it out, as in axis=1.")
    return int(value) if value.denominator == 1 else value


def _position(position: Expr | Slice) -> Param:
    if isinstance(position, Slice):
        ends = (position.start, position.stop, *([position.step] if position.step else []))
        return tuple(None if end is None else _whole(end) for end in ends)
    return _whole(position)


def _whole(expr: Expr) -> int:
    value = fold(expr)
    if value is None or value.denominator != 1:
        raise FormulaError("an index must be a whole number", hint="Write it out, as in x[1,2].")
    if value < 1:
        raise FormulaError(f"an index starts at 1, not {value}: 1 is the first")
    return int(value)


def _check_call(op: Op, count: int, params: dict[str, Param]) -> None:
    least, most = op.arity
    if count < least or (most is not None and count > most):
        wanted = str(least) if least == most else f"at least {least}" if count < least else f"at most {most}"
        hint = "Options have a name, as in axis=1." if count > least and op.options else ""
        raise FormulaError(f"{op.name} takes {wanted} argument{'s'[: wanted != '1']}, not {count}", hint=hint)
    for option, (what, example) in op.needs.items():
        if option not in params:
            raise FormulaError(f"{op.name} needs {what}", hint=f"Write it like {example}.")
    allowed = op.options
    for key in params:
        if key not in allowed:
            hint = f"It takes {', '.join(allowed)}." if allowed else "It takes none."
            raise FormulaError(f"{op.name} has no option {key}=", hint=hint)


def inner_name(name: str, number: int) -> str:
    """What part `number` of the formula of `name` is called: `z_1`, and `z_1<2>` of `z<2>`."""
    base, step = split_step(name)
    return f"{base}_{number}<{step}>" if step else f"{base}_{number}"
