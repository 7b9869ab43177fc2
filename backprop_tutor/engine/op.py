"""What an op is: its forward rule beside its backward rules, its names and its explanation."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from backprop_tutor.engine.setting import Setting
from backprop_tutor.engine.systems.base import Array, Axes, Shape, examples, shape_of
from backprop_tutor.engine.systems.formal import broadcast_shapes
from backprop_tutor.errors import ShapeError
from backprop_tutor.language.expr import OPERATORS
from backprop_tutor.language.sentence import Sentence

__all__ = [
    "MISFITS",
    "Activation",
    "Axis",
    "ConstantFactor",
    "Forward",
    "Loss",
    "Op",
    "Partial",
    "Reduction",
    "Vjp",
    "axes_of",
    "class_axes",
    "elementwise",
    "unbroadcast",
]

Forward = Callable[..., Array]  # forward(xp, *inputs, **params) -> output
Vjp = Callable[..., Array]  # vjp(xp, g, y, *inputs, **params) -> gradient of one input
Partial = Callable[..., Array]  # partial(xp, y, *inputs, **params) -> dy/dx of one input, elementwise
Reduction = Literal["examples", "elements", "sum"]
MISFITS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError),
    *(TypeError, ValueError),
)
"""What a rule raises, beside ShapeError, on arrays of other shapes than it is written for."""
Axis = Any  # None, or an axis counted from 1, or a tuple of them


class Activation(NamedTuple):
    """What a layer may say of an op that is its activation.

    word      what a layer calls it, where not by the op's name
    settings  keys of the layer that are options of the op
    flat      where its slope all but vanishes: far out on both sides (it saturates) or below 0 (a unit dies)
    elsewhere what others call it: no name here, but hinted at
    """

    word: str = ""
    settings: Mapping[str, Setting] = {}
    flat: Literal["", "far out", "below 0"] = ""
    elsewhere: tuple[str, ...] = ()


class Loss(NamedTuple):
    """What there is to know of an op that is a loss of outputs and their targets.

    by_setting files reach it by a setting of another loss, not by name
    settings   keys beside its name in a file that are options of the op
    square     it adds up squares, whose 2 comes down
    half       it holds the factor 1/2
    targets    what its targets are: any numbers, labels 0 and 1, shares that add up to 1, or one class, whose
               share is 1
    outputs    what its outputs have to be: any numbers, shares that add up to 1 or their logarithms, or
               logits, of which it takes the sigmoid or the softmax itself
    reduction  what it is a mean over, or that it is a sum
    ways       the ops that it is with each reduction
    logits     the op that it is of logits
    formula    what it is, as it is read out: 1/(2{N}) Σ ({t-z})², with slots of a Sentence
    elsewhere  what others call it: no name here, but hinted at
    """

    by_setting: bool = False
    settings: Mapping[str, Setting] = {}
    square: bool = False
    half: bool = False
    targets: Literal["numbers", "labels", "shares", "class"] = "numbers"
    outputs: Literal["numbers", "shares", "logarithms", "logits"] = "numbers"
    reduction: Reduction = "examples"
    ways: Mapping[str, str] = {}
    logits: str = ""
    formula: str = ""
    elsewhere: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether the targets of an example, one for each class along the last axis, add up to 1."""
        return self.targets in ("shares", "class")


class ConstantFactor(NamedTuple):
    """A constant factor of an op, and so of what it sends back: in words, and from its inputs and options."""

    says: str
    of: Callable[..., float]


@dataclass(frozen=True, eq=False)
class Op:
    """One entry of the ops table. The rules are written in the namespace of `engine.systems.base`.

    forward      forward(xp, *inputs, **params) -> output
    vjps         one rule an input, the last one serving any further inputs: with the upstream
                 gradient g and the output y, vjp(xp, g, y, *inputs, **params) -> gradient of that input;
                 or a function from the slot of an input, counted from 0, to its rule
    rule         name of the forward rule: what this step computes
    derivative   names of the backward rules, one an input, the last one serving the rest
    computes     one sentence on the forward step
    definition   of a function of single elements: the formula in x that it stands for, max(0, x) of relu
    means        of any other, what a task has to say where a formula calls it by its name; {option} stands
                 for an option's value. An activation without either is said by `computes`
    says         one sentence on the backward step, or one an input, the last one serving the rest; in all of
                 these, letters of quantities stand in slots (`{net}`) that a notation fills: see Sentence
    partials     of an elementwise op: the local derivatives that its VJPs multiply by
    prime        show the local derivative as f'(x), where it is a choice between cases
    slope_is     the function of the table that its derivative is: sign, of abs
    written      the forward rule as it is printed, where that is not the op's name: max(0, x) for relu;
                 of an op that is not elementwise, also what a derivation starts from
    kink         kink(xp, *inputs, **params): an array that is zero exactly where the op is not smooth
    convention   what is assumed on the kink, as a clause; {option} in it stands for an option's value
    against_zero which op it is of the other operand where one is the number 0: relu, of max(0, x)
    undefined    where the value is not finite, in words
    aliases      other spellings in files and answers
    glyph, latex how the function is printed, where not by its name; a glyph like σ is left out in ASCII
    arity        how many inputs it takes: least and most (None: any number)
    activation   of an op that a layer may apply: see Activation
    loss         of an op that may be a network's loss: see Loss
    mean         what it takes a mean over, if anything: the examples N, or the elements that it adds up
    kink_of      the inputs that the kink depends on, where not on all
    stops        it passes no gradient, though its value depends on its input
    common       its name is an ordinary word, which a quantity may have as well
    sizes        its options are sizes, which may stand without their names, in order
    rest         the option that further arguments together are: the shape of reshape(x, 2, 3)
    needs        options that it cannot do without, each in words and in an example
    numbers      the input whose elements are whole numbers from 1, which count classes or rows
    factor       a constant that it multiplies by: see ConstantFactor
    unrouted     of one that lets some of its inputs through: what they would get if it let all through
    switches     the inputs that are 1 for what passes and 0 for what does not
    gates        the inputs that say, where they lie between 0 and 1, how much of another one passes
    over         over(x): the axes of x that it norms over
    across       the outputs along one axis depend on every input there, being shares or their logarithms
    logarithm    it is one: its derivative cancels with that of the shares or the sigmoid that it is taken of
    windows      it goes over windows of its input: a convolution or a pool
    weights      of a weighted sum: the inputs that are, or may be, a matrix of weights
    resized      resized(params, shape_of): settings that hold shapes, where nodes have other shapes
    rearranges   its elements are those of its inputs, in other places
    weighted     and how they meet what they weigh: in a layer, W x + b for every row x, or a product a @ b
    joins        what arithmetic makes of two inputs, element by element
    passes_on    its gradients are the upstream one, but for signs and sums
    carries      what is not finite, in an input or upstream, is not finite in the result or in any gradient
    sized        a formula with it says a size or a place: what holds at one size need not hold at another
    spelled      files and answers may call it by its name
    chains       the function that it is of several arguments: maximum, of max(a, b, c)
    numpy        what NumPy and PyTorch call it
    penalty      what it is called in files, if it is a penalty on weights
    """

    name: str
    forward: Forward
    vjps: tuple[Vjp, ...] | Callable[[int], Vjp]
    rule: str
    derivative: tuple[str, ...]
    says: str | tuple[str, ...]
    computes: str = ""
    definition: str = ""
    means: str = ""
    partials: tuple[Partial, ...] = ()
    prime: bool = False
    slope_is: str = ""
    written: Forward | None = None
    kink: Callable[..., Array] | None = None
    convention: str = ""
    against_zero: str = ""
    undefined: str = ""
    aliases: tuple[str, ...] = ()
    glyph: str = ""
    latex: str = ""
    arity: tuple[int, int | None] = (1, 1)
    activation: Activation | None = None
    loss: Loss | None = None
    mean: Literal["", "examples", "elements"] = ""
    kink_of: tuple[int, ...] = ()
    stops: bool = False
    common: bool = False
    sizes: bool = False
    rest: str = ""
    needs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    numbers: int | None = None
    factor: ConstantFactor | None = None
    unrouted: Vjp | None = None
    switches: tuple[int, ...] = ()
    gates: tuple[int, ...] = ()
    over: Callable[..., Axes] | None = None
    across: Literal["", "shares", "logarithms"] = ""
    logarithm: bool = False
    windows: bool = False
    weights: tuple[int, ...] = ()
    resized: Callable[[Mapping[str, Any], Callable[[str], Shape]], Mapping[str, Any]] | None = None
    rearranges: bool = False
    weighted: Literal["", "layer", "product"] = ""
    joins: Literal["", "sum", "product", "power"] = ""
    passes_on: bool = False
    carries: bool = False
    sized: bool = False
    spelled: bool = True
    chains: str = ""
    numpy: str = ""
    penalty: Literal["", "l2", "l1"] = ""

    def __post_init__(self) -> None:
        says = (self.says,) if isinstance(self.says, str) else self.says
        for name in ("rule", "computes"):
            object.__setattr__(self, name, Sentence(getattr(self, name)))
        for name, sentences in (("derivative", self.derivative), ("says", says)):
            object.__setattr__(self, name, tuple(map(Sentence, sentences)))

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The names of the forward rule's parameters that are not arrays."""
        rule = list(inspect.signature(self.forward).parameters.values())[1 + self.arity[0] :]
        own = (p.name for p in rule if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
        return (*own, *(self.loss.settings if self.loss else ()))

    @property
    def ascii_glyph(self) -> str:
        return self.glyph if self.glyph.isascii() else ""

    @property
    def is_elementwise(self) -> bool:
        return bool(self.partials)

    @property
    def scales(self) -> bool:
        """Whether it multiplies what comes back, element by element, by a derivative of its own."""
        return self.is_elementwise and not self.passes_on

    @property
    def pointwise(self) -> bool:
        """Every element of the result is made of one element of each input, or of one of them."""
        return self.is_elementwise or self.rearranges

    @property
    def is_function(self) -> bool:
        """Whether it is a function of single elements with a name, as activations are."""
        return self.is_elementwise and self.name not in OPERATORS

    def examples(self, x: Array) -> int:
        """N: how many examples the outputs `x` hold, rows of the first axis, or vectors of classes."""
        return examples(x, class_axes(x)) if self.loss and self.loss.adds_up else examples(x)

    def at_kink(self, params: Mapping[str, Any]) -> str:
        """The convention with the options `params`, as a sentence."""
        if not self.convention:
            return "The derivative there is a convention."
        return f"By convention, {self.convention.format(**self.chosen(params))}."

    def chosen(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every option, of those that `params` leave out the default."""
        rule = inspect.signature(self.forward).parameters
        defaults = {option: rule[option].default for option in self.options if option in rule}
        return {**defaults, **params}

    def vjp(self, slot: int, *, fits: bool = False) -> Vjp:
        """The rule of an input; where its shape `fits` that of the result, one that need not look at it."""
        if fits and self.is_elementwise:
            return _product(self.partials[slot])
        return self.vjps(slot) if callable(self.vjps) else self.vjps[min(slot, len(self.vjps) - 1)]

    def explanation(self, slot: int) -> str:
        return self.says[min(slot, len(self.says) - 1)]

    def derivative_rule(self, slot: int) -> str:
        return self.derivative[min(slot, len(self.derivative) - 1)]


def elementwise(name: str, forward: Forward, partials: tuple[Partial, ...], **entry: Any) -> Op:
    """An op that acts on corresponding elements: its VJPs follow from its local derivatives."""
    vjps = tuple(_elementwise_vjp(slot, partial) for slot, partial in enumerate(partials))
    return Op(name, forward, vjps, partials=partials, arity=(len(partials), len(partials)), **entry)


def _elementwise_vjp(slot: int, partial: Partial) -> Vjp:
    product = _product(partial)

    def vjp(xp: Any, g: Array, y: Array, *inputs: Array, **params: Any) -> Array:
        return unbroadcast(xp, product(xp, g, y, *inputs, **params), shape_of(inputs[slot]))

    return vjp


def _product(partial: Partial) -> Vjp:
    """Upstream times local, of the shape of the result."""

    def vjp(xp: Any, g: Array, y: Array, *inputs: Array, **params: Any) -> Array:
        local = partial(xp, y, *inputs, **params)
        if isinstance(local, int) and local in (1, -1):  # no array to multiply by
            return g if local == 1 else -g
        return g * local

    return vjp


def unbroadcast(xp: Any, g: Array, shape: Shape) -> Array:
    """`g` summed over every axis along which an input of `shape` was repeated.

    Along an axis where `g` itself has size 1, it is the same for every element of the input.
    """
    have = shape_of(g)
    if have == shape:
        return g
    wide, repeated = _repeated(have, shape)
    if have != wide:
        g = xp.broadcast(g, wide)
    summed = xp.sum(g, repeated) if repeated else g
    return summed if shape_of(summed) == shape else xp.reshape(summed, shape)


@lru_cache(maxsize=1024)
def _repeated(have: Shape, shape: Shape) -> tuple[Shape, Axes]:
    """The shape that `have` and `shape` are broadcast to, and its axes along which `shape` is repeated."""
    wide = broadcast_shapes(have, shape)
    lead = len(wide) - len(shape)
    stretched = (lead + axis for axis, size in enumerate(shape) if size == 1 and wide[lead + axis] > 1)
    return wide, (*range(lead), *stretched)


def class_axes(x: Array) -> Axes:
    """The axes along which examples lie where the classes have the last one."""
    return tuple(range(len(shape_of(x)) - 1))


def axes_of(x: Array, axis: Axis) -> Axes:
    """The zero-based axes that an `axis` of the language means; all of them for None. Raises ShapeError."""
    if axis is None:
        return tuple(range(x.ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for a in axes:
        if a not in range(1, x.ndim + 1) or axes.count(a) > 1:
            what = "is given twice" if axes.count(a) > 1 else "does not exist"
            raise ShapeError(
                f"axis {a} {what} on the shape {x.shape}",
                hint=f"Axes are counted from 1 to {x.ndim}." if x.ndim else "A single number has no axis.",
            )
    return tuple(int(a) - 1 for a in axes)
