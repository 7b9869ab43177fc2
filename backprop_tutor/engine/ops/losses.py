"""The losses of outputs z and their targets t, each averaged over examples, over all elements, or added up.

There is an entry for each way: `mae`, `mae_elements`, `mae_sum`. Files name the first, and the others by its
`reduction`.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from string import Template
from typing import Any, NamedTuple, get_args

from backprop_tutor.engine.op import Loss, Op, Reduction, class_axes, unbroadcast
from backprop_tutor.engine.ops.functions import sign, xlogx_slope
from backprop_tutor.engine.setting import Setting
from backprop_tutor.engine.systems.base import Array, Axes, shape_of
from backprop_tutor.errors import ShapeError

__all__ = ["OPS"]

Terms = Callable[..., Array]  # terms(xp, z, t, **settings)


class _Rules(NamedTuple):
    """What a loss adds up, and the derivatives of that by z and by t; each but for its sign.

    `written` is how it is printed, where that is not how it is worked out.
    """

    terms: Terms
    by_z: Terms
    by_t: Terms
    signs: tuple[int, int, int] = (1, 1, 1)
    written: Terms | None = None


def _all(x: Array) -> Axes:
    return tuple(range(len(shape_of(x))))


def _classes(z: Array) -> Axes:
    """The axis that the classes lie along."""
    if not shape_of(z):
        raise ShapeError("one number has no classes", hint="Give it one score a class, as in [1, 0, 2].")
    return (len(shape_of(z)) - 1,)


def _signed(sign: int, x: Array) -> Array:
    return x if sign == 1 else -x


def _average(xp: Any, z: Array, loss: Loss, above: int = 1, below: int = 1) -> Array:
    """`above/below` over what the loss divides by: 1/N, or 1/(2N)."""
    if loss.reduction == "sum":
        return xp.number(above) if below == 1 else xp.number(above) / below
    if loss.reduction == "elements":
        count = xp.size(z)
    else:
        count = xp.count(z, class_axes(z)) if loss.adds_up else xp.count(z)
    return xp.number(above) / (count if below == 1 else below * count)


def _entry(name: str, rules: _Rules, loss: Loss, **entry: Any) -> Op:
    def added(terms: Terms) -> Callable[..., Array]:
        def forward(xp: Any, z: Array, t: Array, **settings: Any) -> Array:
            each = terms(xp, z, t, **settings)
            whole = _average(xp, z, loss, below=2 if loss.half else 1)
            return _signed(rules.signs[0], whole * xp.sum(each, _all(each)))

        return forward

    def slope(terms: Terms, slot: int) -> Callable[..., Array]:
        def vjp(xp: Any, g: Array, y: Array, z: Array, t: Array, **settings: Any) -> Array:
            factor = _average(xp, z, loss, above=2 if loss.square and not loss.half else 1)
            each = _signed(rules.signs[slot + 1], factor * terms(xp, z, t, **settings))
            return unbroadcast(xp, g * each, shape_of((z, t)[slot]))

        return vjp

    return Op(
        name,
        added(rules.terms),
        (slope(rules.by_z, 0), slope(rules.by_t, 1)),
        written=added(rules.written) if rules.written else None,
        arity=(2, 2),
        loss=loss,
        mean="" if loss.reduction == "sum" else loss.reduction,
        **entry,
    )


_PLAIN = Loss()


def _loss(
    name: str,
    rules: _Rules,
    loss: Loss = _PLAIN,
    *,
    computes: str,
    says: str | tuple[str, ...],
    rule: str,
    sum_name: str = "",
    one_class: bool = False,
    **entry: Any,
) -> Iterator[Op]:
    """The entries of a loss that is a mean over examples, and of its other reductions.

    Where a target is `one_class`, a mean over elements is one over examples. In the sentences `$mean` and
    `$half` are slots of the factor, `$one` and `$two` of those in a derivative.
    """
    elements = name if one_class else f"{name}_elements"
    ways = {"examples": name, "elements": elements, "sum": sum_name or f"{name}_sum"}
    for reduction in get_args(Reduction):
        called = ways[reduction]
        if reduction == "examples" or called != name:
            by_setting = loss.by_setting or called not in (name, sum_name)
            formula = _worded(computes, reduction)
            elsewhere = loss.elsewhere if reduction == "examples" else ()
            own = loss._replace(
                reduction=reduction, ways=ways, by_setting=by_setting, formula=formula, elsewhere=elsewhere
            )
            says_so = (says,) if isinstance(says, str) else says
            yield _entry(
                called,
                rules,
                own,
                computes=f"{{J}} = {formula}.",
                says=tuple(_worded(sentence, reduction) for sentence in says_so),
                rule=_worded(rule, reduction),
                **entry,
            )


_MEANS = {"squares": "mean squared error", "sizes": "mean absolute error"}
_SUMS = {"squares": "sum of squared errors", "sizes": "sum of absolute errors"}
_SLOTS: Mapping[Reduction, Mapping[str, str]] = {
    "examples": {"half": "1/(2{N})", "mean": "1/{N} ", "one": "(1/{N})", "two": "(2/{N})", **_MEANS},
    "elements": {"half": "1/(2n)", "mean": "1/n ", "one": "(1/n)", "two": "(2/n)", **_MEANS},
    "sum": {"half": "1/2", "mean": "", "one": "", "two": "2", **_SUMS},
}


def _worded(sentence: str, reduction: Reduction) -> str:
    """The sentence with the factors of a reduction in their slots."""
    said = Template(sentence).substitute(_SLOTS[reduction])
    return f"{said}; n counts them" if reduction == "elements" and "Σ" in said else said


OUTPUTS = "over all examples and outputs"
CLASSES = "over all examples and classes, which lie along the last axis"
NO_LOG = "logarithm of zero: an output is exactly {} in floating point"


def _total(xp: Any, x: Array) -> Array:
    """The sum over the classes, for each example."""
    return xp.sum(x, _classes(x), True)


def _softmax(xp: Any, z: Array) -> Array:
    powers = xp.exp(xp.centred(z, _classes(z)))
    return powers / xp.sum(powers, _classes(z), True)


def _minus_log_softmax(xp: Any, z: Array) -> Array:
    """-ln softmax(z), in which no exponential overflows."""
    centred = xp.centred(z, _classes(z))
    return xp.log(xp.sum(xp.exp(centred), _classes(z), True)) - centred


def _logits_by_z(xp: Any, z: Array, t: Array) -> Array:
    whole = t + 0 * z if shape_of(t) != shape_of(z) else t
    return _softmax(xp, z) * _total(xp, whole) - t


def _margin(xp: Any, z: Array, t: Array) -> Array:
    """How far each score reaches into the margin of 1 below that of the right class."""
    _classes(z)
    return z - _total(xp, t * z) + 1


def _inside(xp: Any, z: Array, t: Array) -> Array:
    """max(0, margin)"""
    margin = _margin(xp, z, t)
    return xp.where(xp.gt(margin, 0), margin, xp.number(0))


def _violates(xp: Any, z: Array, t: Array) -> Array:
    """[margin > 0] of the classes that are not the right one."""
    return (1 - t) * xp.where(xp.gt(_margin(xp, z, t), 0), xp.number(1), xp.number(0))


def _huber(xp: Any, z: Array, t: Array, delta: Any = 1) -> Array:
    size, bend = xp.abs(t - z), xp.number(delta)
    return xp.where(xp.gt(size, bend), bend * (size - bend / 2), xp.power(t - z, 2) / 2)


def _huber_slope(xp: Any, z: Array, t: Array, delta: Any = 1) -> Array:
    size, bend = xp.abs(t - z), xp.number(delta)
    return xp.where(xp.gt(size, bend), bend * sign(xp, t, z), t - z)


SQUARED = _Rules(
    lambda xp, z, t: xp.power(t - z, 2), lambda xp, z, t: t - z, lambda xp, z, t: t - z, (1, -1, 1)
)
INNER = "the inner derivative of {t-z} is {-1}"

OPS = (
    *_loss(
        "half_mse",
        SQUARED,
        Loss(square=True, half=True),
        sum_name="half_sse",
        rule="loss: half $squares",
        derivative=("power rule on the squared error",),
        computes=f"$half Σ ({{t-z}})² {OUTPUTS}",
        says=f"The 2 of the square cancels the 1/2, {INNER}: {{-}}$one({{t-z}}).",
        carries=True,
    ),
    *_loss(
        "mse",
        SQUARED,
        Loss(square=True, elsewhere=("mean_squared_error",)),
        sum_name="sse",
        rule="loss: $squares",
        derivative=("power rule on the squared error",),
        computes=f"${{mean}}Σ ({{t-z}})² {OUTPUTS}",
        says=f"The 2 of the square comes down, {INNER}: {{-}}$two({{t-z}}).",
        carries=True,
    ),
    *_loss(
        "mae",
        _Rules(
            lambda xp, z, t: xp.abs(t - z),
            lambda xp, z, t: sign(xp, z, t),
            lambda xp, z, t: sign(xp, t, z),
        ),
        rule="loss: $sizes",
        derivative=("derivative of the absolute value",),
        computes=f"${{mean}}Σ |{{t-z}}| {OUTPUTS}",
        says=(
            "|{t-z}| has the derivative 1 by {z} where {z} is above {t}, and -1 where it is below.",
            "|{t-z}| has the derivative 1 by {t} where {t} is above {z}, and -1 where it is below.",
        ),
        kink=lambda xp, z, t: t - z,
        convention="|x| has the derivative 0 at 0",
    ),
    *_loss(
        "huber",
        _Rules(_huber, _huber_slope, _huber_slope, (1, -1, 1)),
        Loss(settings={"delta": Setting(Fraction(1), "where a square turns into a line")}),
        rule="loss: Huber",
        derivative=("derivative of the Huber loss",),
        computes=f"${{mean}}Σ {OUTPUTS} of ({{t-z}})²/2 where |{{t-z}}| is at most delta, and of "
        "delta (|{t-z}| - delta/2) beyond",
        says="The error {t-z} itself up to delta, and delta with its sign beyond.",
    ),
    *_loss(
        "bce",
        _Rules(
            lambda xp, z, t: t * xp.log(z) + (1 - t) * xp.log(1 - z),
            lambda xp, z, t: t / z - (1 - t) / (1 - z),
            lambda xp, z, t: xp.log(z) - xp.log(1 - z),
            (-1, -1, -1),
        ),
        Loss(targets="labels", logits="bce_logits", elsewhere=("binary_cross_entropy",)),
        rule="loss: binary cross-entropy",
        derivative=("derivative of the logarithm",),
        computes=f"-${{mean}}Σ [{{t}} ln {{z}} + (1 - {{t}}) ln(1 - {{z}})] {OUTPUTS}",
        says="Each logarithm gives one over its argument.",
        undefined=NO_LOG.format("0 or 1"),
    ),
    *_loss(
        "bce_logits",
        _Rules(
            lambda xp, z, t: xp.softplus(z) - t * z,
            lambda xp, z, t: xp.sigmoid(z) - t,
            lambda xp, z, t: z,
            (1, 1, -1),
        ),
        Loss(targets="labels", outputs="logits", by_setting=True),
        rule="loss: binary cross-entropy of logits",
        derivative=("sigmoid minus target", "linear in the target"),
        computes=f"${{mean}}Σ [ln(1 + e^{{z}}) - {{t}} {{z}}] {OUTPUTS}",
        says=(
            "This is binary cross-entropy of σ({z}): softplus' is the sigmoid, which leaves σ({z}) - {t}.",
            "The target enters as -{t} {z}.",
        ),
    ),
    *_loss(
        "cross_entropy",
        _Rules(
            lambda xp, z, t: t * xp.log(z),
            lambda xp, z, t: t / z,
            lambda xp, z, t: xp.log(z),
            (-1, -1, -1),
        ),
        Loss(
            targets="shares",
            outputs="shares",
            logits="cross_entropy_logits",
            elsewhere=("categorical_cross_entropy",),
        ),
        one_class=True,
        rule="loss: cross-entropy",
        derivative=("derivative of the logarithm",),
        computes=f"-${{mean}}Σ {{t}} ln {{z}} {CLASSES}",
        says="The logarithm gives one over its argument.",
        undefined=NO_LOG.format("0"),
    ),
    *_loss(
        "cross_entropy_logits",
        _Rules(
            lambda xp, z, t: t * _minus_log_softmax(xp, z),
            _logits_by_z,
            lambda xp, z, t: _minus_log_softmax(xp, z),
        ),
        Loss(targets="shares", outputs="logits", by_setting=True),
        one_class=True,
        rule="loss: cross-entropy of logits",
        derivative=("softmax minus target", "linear in the target"),
        computes=f"${{mean}}Σ {{t}} (ln Σ e^{{z}} - {{z}}) {CLASSES}",
        says=(
            "This is cross-entropy of softmax({z}): targets that add up to 1 leave softmax({z}) - {t}.",
            "The target multiplies -ln softmax({z}).",
        ),
    ),
    *_loss(
        "nll",
        _Rules(lambda xp, z, t: t * z, lambda xp, z, t: t, lambda xp, z, t: z, (-1, -1, -1)),
        Loss(targets="shares", outputs="logarithms"),
        one_class=True,
        rule="loss: negative log-likelihood",
        derivative=("linear in the log-probabilities", "linear in the target"),
        computes=f"-${{mean}}Σ {{t}} {{z}} {CLASSES}; {{z}} are the logarithms of shares",
        says="Only the log-probability of the right class counts, and it enters as it is.",
    ),
    *_loss(
        "kl",
        _Rules(
            lambda xp, z, t: xp.call("xlogx", t) - t * xp.log(z),
            lambda xp, z, t: t / z,
            lambda xp, z, t: xlogx_slope(xp, t, t) - xp.log(z),
            (1, -1, 1),
        ),
        Loss(targets="shares", outputs="shares"),
        rule="loss: Kullback-Leibler divergence",
        derivative=("derivative of the logarithm", "product rule"),
        computes=f"${{mean}}Σ {{t}} ln({{t}}/{{z}}) {CLASSES}; 0 ln 0 is 0",
        says=(
            "ln({t}/{z}) = ln {t} - ln {z}: the logarithm gives one over its argument.",
            "By the product rule, with 1 from the logarithm of {t}; at {t} = 0 that 1 is 0 by convention.",
        ),
        undefined=NO_LOG.format("0"),
    ),
    *_loss(
        "hinge",
        _Rules(
            lambda xp, z, t: (1 - t) * _inside(xp, z, t),
            lambda xp, z, t: _violates(xp, z, t) - t * _total(xp, _violates(xp, z, t)),
            lambda xp, z, t: -_inside(xp, z, t) - z * _total(xp, _violates(xp, z, t)),
            written=lambda xp, z, t: (1 - t) * xp.call("max", 0, _margin(xp, z, t)),
        ),
        Loss(targets="class", outputs="logits"),
        one_class=True,
        rule="loss: multi-class hinge",
        derivative=("derivative of the hinge loss",),
        computes="${mean}Σ max(0, {z}_{k} - {z}_label + 1) over all examples and their wrong classes {k}",
        says="A wrong class inside the margin gets 1, and the right class -1 for each of these.",
        kink=lambda xp, z, t: xp.where(xp.eq(t, 1), 1 + 0 * z, _margin(xp, z, t)),
        convention="max(0, x) has the derivative 0 at 0",
    ),
)
