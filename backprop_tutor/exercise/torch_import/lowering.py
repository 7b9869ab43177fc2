"""The ATen ops of a module -> formulas of this language: which are written out in others, and their names."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.exercise.torch_import.aten_nodes import (
    MADE,
    MOVES,
    SAME,
    is_view,
    needed,
    op_name,
    origin,
)
from backprop_tutor.exercise.torch_import.tensor_places import Tensor, UnspeakableError, joined, number
from backprop_tutor.exercise.torch_import.traced_module import TracedModule
from backprop_tutor.exercise.torch_import.written_formulas import TAKEN, plain_name, spell
from backprop_tutor.language import parse
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, rewrite

__all__ = ["AtenRule", "Constant", "Lowering", "UnknownOpError"]

MAX_INLINE = 60  # characters of a formula that is written out in another


class UnknownOpError(Exception):
    """`op` has no counterpart in formulas; `why` says what of it has none."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, eq=False, slots=True)
class Constant:
    """A tensor whose numbers are known: of a name of its own, or made of such by the program."""

    name: str
    tensor: Any
    is_own: bool = False


class AtenRule(NamedTuple):
    """How an op becomes a formula: what its result is called, unless it is written out in another (""), and a
    function of the lowering and the op's arguments."""

    letter: str
    formula: Callable[..., Any]
    is_elementwise: bool = False


class Lowering:
    """Goes through the nodes; afterwards `given`, `parameters`, `compute` and `sequence` are what the graph
    of an exercise holds, unless something is in `unknown`: ops without counterpart, each with a reason."""

    def __init__(self, traced: TracedModule, rules: Mapping[str, AtenRule]) -> None:
        self.traced, self.rules = traced, rules
        self.given: dict[str, Any] = {}
        self.parameters: dict[str, Any] = {}
        self.compute: dict[str, Expr] = {}
        self.sequence: dict[str, int] = {}
        self.called: dict[str, str] = {}  # what the module calls an array, by its name here
        self.counted: list[str] = []  # given whole numbers, which count from 1 here and from 0 there
        self.unknown: dict[str, str] = {}
        self.refused: set[Any] = set()  # the same as ops of PyTorch
        self.layer = 0
        self.needed = needed(traced.nodes, traced.loss)
        self.output = origin(traced.output)
        self._known: dict[str, Any] = {}
        self._given: dict[tuple[int, bool], Tensor] = {}
        self._names: dict[Expr, Tensor] = {}
        self._kept: list[Any] = []
        self._taken: set[str] = {"J", "z", *TAKEN}

    def run(self) -> None:
        """Lower all that the loss needs, and call the loss J."""
        for node in self.traced.nodes:
            if node.name in self.needed:
                self._lower(node)
        order = list(self.traced.gradients)
        self.parameters = dict(
            sorted(self.parameters.items(), key=lambda item: order.index(self.called[item[0]]))
        )
        if not self.unknown:
            self.compute["J"] = self.expr(self._known[self.traced.loss.name])

    def _lower(self, node: Any) -> None:
        if node.name in self.traced.leaves:
            self._known[node.name] = self._leaf(node.name)
            return
        args, kwargs = (self._values(part) for part in (node.args, node.kwargs))
        if node.target is operator.getitem:
            self._known[node.name] = args[0][args[1]]
            return
        name = op_name(node)
        try:
            if name.endswith("_") and is_view(node.args[0]) and op_name(node.args[0]) in MOVES:
                raise UnknownOpError("which changes a part of an array in place")
            result = self._result(node, name.rstrip("_"), args, kwargs)
        except UnknownOpError as error:
            result = self._refused(node, name, error.why)
        except UnspeakableError:
            result = self._refused(node, name, "whose elements no formula here picks out")
        except (TypeError, ValueError, LookupError, RuntimeError):
            result = self._refused(node, name, "with such arguments")
        self._known[node.name] = result
        if name.endswith("_"):
            self._known[node.args[0].name] = result

    def _refused(self, node: Any, name: str, why: str) -> Any:
        """Note that it cannot be lowered; gives a stand-in, so that all such ops are found at once."""
        self.unknown.setdefault(name, why)
        self.refused.add(node.target)
        value = node.meta.get("val")
        if isinstance(value, list | tuple):
            return tuple(Tensor.of(Sym("?"), tuple(getattr(one, "shape", ()))) for one in value)
        return Tensor.of(Sym("?"), tuple(getattr(value, "shape", ())))

    def _leaf(self, node: str) -> Tensor | Constant:
        said, tensor = self.traced.leaves[node]
        is_handed = node in self.traced.handed
        if node not in self.traced.trained and not (is_handed and tensor.is_floating_point()):
            return Constant(said, tensor, is_own=True)
        own = () if is_handed else self.parameters
        name = next((name for name in own if self.called[name] == said), "")
        if not name:
            name = self.free(said)
            self.called[name] = said
            (self.given if is_handed else self.parameters)[name] = tensor.numpy()
        return Tensor.of(Sym(name), tuple(tensor.shape))

    def _values(self, part: Any) -> Any:
        if isinstance(part, list | tuple):
            return (
                type(part)(map(self._values, part))
                if type(part) in (list, tuple)
                else list(map(self._values, part))
            )
        if isinstance(part, Mapping):
            return {key: self._values(value) for key, value in part.items()}
        return self._known[part.name] if hasattr(part, "op") and hasattr(part, "users") else part

    def _result(self, node: Any, name: str, args: Any, kwargs: Any) -> Any:
        tensors = list(_tensors_in((args, kwargs)))
        draws = any(str(tag).endswith("nondeterministic_seeded") for tag in getattr(node.target, "tags", ()))
        is_off = name in SAME and not (args[1] and args[2]) if draws else True
        if not is_off and name not in self.rules:
            why = "which draws random numbers: call eval() first, or multiply by a mask of your own"
            raise UnknownOpError(why)
        if name in SAME:
            return args[0] if not isinstance(args[0], Constant) else self._folded(node, args, kwargs)
        if all(
            isinstance(one, Constant)
            and (name in MOVES or not (one.is_own and one.tensor.is_floating_point()))
            for one in tensors
        ):
            return self._folded(node, args, kwargs)
        if name in MADE:
            import torch

            like = torch.zeros(tensors[0].places.shape, dtype=torch.float64)
            return Constant(name, node.target(like, *args[1:], **kwargs))
        if name in MOVES:
            return self._moved(node, args, kwargs)
        if name not in self.rules:
            raise UnknownOpError
        rule = self.rules[name]
        found = rule.formula(self, *args, **_told(kwargs))
        return self._placed(node, rule, found, tensors) if is_expr(found) else found

    def _folded(self, node: Any, args: Any, kwargs: Any) -> Any:
        """What the program makes of numbers that are known."""
        own = next((one.name for one in _tensors_in((args, kwargs))), node.name)

        def plain(part: Any) -> Any:
            return part.tensor if isinstance(part, Constant) else part

        made = node.target(*_mapped(plain, args), **_mapped(plain, kwargs))
        if isinstance(made, list | tuple):
            return tuple(Constant(own, one) for one in made)
        return Constant(own, made)

    def _moved(self, node: Any, args: Any, kwargs: Any) -> Any:
        import torch

        tensors = [self.tensor(one) for one in _tensors_in((args, kwargs))]
        bases, places = joined(tensors)
        remaining = iter(places)

        def of_places(part: Any) -> Any:
            return torch.from_numpy(next(remaining)) if isinstance(part, Tensor | Constant) else part

        made = node.target(*_mapped(of_places, args), **_mapped(of_places, _told(kwargs)))
        whole = Tensor(bases, places[0])
        if isinstance(made, list | tuple):
            return tuple(whole.moved(one.numpy()) for one in made)
        return whole.moved(made.numpy())

    def _placed(self, node: Any, rule: AtenRule, expr: Expr, tensors: list[Any]) -> Tensor:
        """The result of a rule under a name of its own, or to be written out in the formula that uses it."""
        shape = tuple(node.meta["val"].shape)
        spoken = shape
        if rule.is_elementwise:
            spoken = np.broadcast_shapes(*(self.tensor(one).spoken for one in tensors))
        letter = rule.letter
        if is_comparison(expr) or isinstance(expr, Sym):
            made = Tensor.of(expr, spoken)
        elif node is self.output and "z" not in self.compute and spoken == shape:
            self.compute["z"] = expr
            self.layer += letter == "net"
            made = Tensor.of(Sym("z"), shape)
        elif letter or (
            node is not self.traced.loss and (self._uses(node) > 1 or len(spell(expr)) > MAX_INLINE)
        ):
            made = self.named(letter or ("net" if _is_weighted(expr) else "y"), expr, spoken)
        else:
            made = Tensor.of(expr, spoken)
        return made if spoken == shape else made.moved(np.broadcast_to(made.places, shape))

    def _uses(self, node: Any) -> int:
        """How many formulas use it, also through views."""
        found = 0
        for user in node.users:
            if user.name in self.needed:
                found += self._uses(user) if is_view(user) else 1
        return found

    def tensor(self, value: Any) -> Tensor:
        """A value as places in arrays with names or formulas; a constant becomes a given array."""
        if isinstance(value, Tensor):
            return value
        if isinstance(value, int | float):
            return Tensor.of(number(value), ())
        if not isinstance(value, Constant):
            raise UnknownOpError(f"with the argument {value!r}")
        if value.tensor.dim() == 0 and not value.is_own:
            return Tensor.of(number(float(value.tensor)), ())
        return self._as_given(value, counted=False)

    def whole_numbers(self, value: Any) -> Expr:
        """A given array of classes or rows, which count from 1 here. Raises UnknownOpError for others."""
        if not isinstance(value, Constant):
            raise UnknownOpError("of whole numbers that are computed")
        return self._as_given(value, counted=True).expr

    def _as_given(self, value: Constant, *, counted: bool) -> Tensor:
        key = id(value.tensor), counted
        if key not in self._given:
            name = self.free(value.name)
            self.given[name] = value.tensor.detach().double().numpy() + counted
            if value.is_own:
                self.called[name] = value.name
            if counted:
                self.counted.append(name)
            self._kept.append(value.tensor)  # or another tensor might get its id
            self._given[key] = Tensor.of(Sym(name), tuple(value.tensor.shape))
        return self._given[key]

    def expr(self, operand: Any) -> Expr:
        """The formula of an operand; what has to be put together of several arrays gets a name first."""
        if is_expr(operand):
            return operand  # type: ignore[no-any-return]
        tensor = self.tensor(operand)
        expr = tensor.expr
        if isinstance(expr, Call) and expr.name == "concat":
            return self.named("y", expr, tensor.spoken).expr
        return expr

    def formula(self, template: str, **operands: Any) -> Expr:
        """A formula of the language with operands in the place of names: `a @ w`."""
        tree = parse(template, functions=ops.FUNCTIONS, names=frozenset(operands))
        found = {name: self.expr(operand) for name, operand in operands.items()}
        return rewrite(tree, lambda part: found.get(part.name) if isinstance(part, Sym) else None)

    def named(self, letter: str, expr: Expr, shape: tuple[int, ...]) -> Tensor:
        """An array under a name of its own; the same formula has one name."""
        if isinstance(expr, Sym):
            return Tensor.of(expr, shape)
        if expr not in self._names:
            self.layer += letter == "net"
            name = self.free(f"{letter}{max(self.layer, 1)}")
            self.compute[name] = expr
            self._names[expr] = Tensor.of(Sym(name), shape)
        return self._names[expr]

    def free(self, wanted: str) -> str:
        """A name that can stand in a formula and nothing else has, as near to the one wanted as can be."""
        name = plain_name(wanted)
        stem = name.rstrip("0123456789")
        at = int(name[len(stem) :] or 1)
        while name in self._taken:
            at += 1
            name = f"{stem}{at}"
        self._taken.add(name)
        return name


def is_expr(value: Any) -> bool:
    return isinstance(value, Num | Sym | Item | Call)


def is_comparison(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name in ("gt", "ge", "lt", "le", "eq")


def _is_weighted(expr: Expr) -> bool:
    """Whether it is a product of matrices, or one and a bias."""
    terms = expr.args if isinstance(expr, Call) and expr.name == "add" else (expr,)
    return any(isinstance(term, Call) and term.name == "matmul" for term in terms)


def _told(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords, but for where and in which precision PyTorch is to compute."""
    return {
        k: v
        for k, v in kwargs.items()
        if k not in ("dtype", "device", "layout", "pin_memory", "memory_format")
    }


def _mapped(change: Callable[[Any], Any], part: Any) -> Any:
    if isinstance(part, Tensor | Constant):
        return change(part)
    if isinstance(part, list | tuple):
        return (
            [_mapped(change, one) for one in part]
            if isinstance(part, list)
            else tuple(_mapped(change, one) for one in part)
        )
    if isinstance(part, Mapping):
        return {key: _mapped(change, value) for key, value in part.items()}
    return change(part)


def _tensors_in(part: Any) -> Iterator[Any]:
    if isinstance(part, Tensor | Constant):
        yield part
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _tensors_in(one)
    elif isinstance(part, Mapping):
        yield from _tensors_in(list(part.values()))
