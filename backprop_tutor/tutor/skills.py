"""The skills: what there is to be able to do, kinds of steps times the rules that they go by.

Each is one entry of the table, in the order in which they are learned. A step needs one of them or several:
a weight's gradient in a training set is a product, and a sum over the examples.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from backprop_tutor.engine.op import Op
from backprop_tutor.engine.optimizers import OPTIMIZERS, PLAIN
from backprop_tutor.language.step_index import split_step
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.steps import Passage, Step

__all__ = ["SKILLS", "Skill", "blamed", "skill_against", "skills_of"]


class Skill(NamedTuple):
    """One skill. `needed_by(step)` tells whether a step takes it. The `slips` are those that show a lack of
    it: of a step that takes several skills, such a slip counts against this one alone. With `zeros`, to see
    where the answer is 0 is a part of it."""

    id: str
    title: str
    needed_by: Callable[[Step], bool]
    slips: tuple[str, ...] = ()
    zeros: bool = False


def skills_of(step: Step) -> tuple[Skill, ...]:
    """What the step takes, in the order of the table; nothing where it repeats a whole pass."""
    return tuple(skill for skill in SKILLS if skill.needed_by(step))


def blamed(skills: Sequence[str], causes: Sequence[str]) -> tuple[str, ...]:
    """Those of the `skills` of a step that a wrong answer with these causes speaks against: the ones that
    the first cause is a slip of, else all."""
    own = tuple(skill for skill in skills if causes and causes[0] in _slips().get(skill, ()))
    return own or tuple(skills)


def skill_against(solution: Solution, element: str, slip: str) -> Skill | None:
    """The skill to practise against a slip that was met in an element of the exercise."""
    step = solution.step(solution.find(element).name)
    taken = skills_of(step) if step else ()
    first = next(iter(blamed([skill.id for skill in taken], [slip])), "")
    return next((skill for skill in SKILLS if skill.id == first), None)


@cache
def _slips() -> dict[str, tuple[str, ...]]:
    return {skill.id: skill.slips for skill in SKILLS}


# Which steps


def _forward(fits: Callable[[Op], bool]) -> Callable[[Step], bool]:
    """Values that are worked out by an op that `fits`."""
    return lambda step: step.phase in ("forward", "loss") and any(fits(op) for op, _ in step.passages)


def _backward(fits: Callable[[Op], bool]) -> Callable[[Step], bool]:
    """Gradients that come back through an op that `fits`."""
    return lambda step: step.by_path and any(fits(op) for op, _ in step.passages)


def _is_unit(op: Op) -> bool:
    """An activation of single units that changes something."""
    return op.activation is not None and op.scales


def _is_smooth_unit(op: Op) -> bool:
    return _is_unit(op) and op.kink is None


def _is_kinked_unit(op: Op) -> bool:
    return _is_unit(op) and op.kink is not None


def _sums_weights(op: Op) -> bool:
    return bool(op.weights) and not op.windows


def _is_of_shares(op: Op) -> bool:
    """A loss of shares, of their logarithms, or of labels."""
    loss = op.loss
    of_labels = loss is not None and loss.targets == "labels"
    return loss is not None and (loss.outputs in ("shares", "logarithms") or of_labels)


def _is_of_logits(op: Op) -> bool:
    """A loss that takes the sigmoid or the softmax itself; a hinge takes none."""
    return op.loss is not None and op.loss.outputs == "logits" and op.kink is None


def _is_distance(op: Op) -> bool:
    return op.loss is not None and not _is_of_shares(op) and not _is_of_logits(op)


def _normalizes(op: Op) -> bool:
    return op.over is not None


def _is_arithmetic(op: Op) -> bool:
    """What formulas are made of: none of the kinds that have an entry of their own."""
    own = (op.activation, op.loss, op.weights, op.windows, op.over, op.across, op.rearranges)
    return not any(own)


def _is_formula(step: Step) -> bool:
    """Arithmetic, and not only the + b of a net."""
    ops = [op for op, _ in step.passages]
    return _forward(_is_arithmetic)(step) and (
        any(_is_arithmetic(op) and not op.passes_on for op in ops) or all(map(_is_arithmetic, ops))
    )


def _only_passes_on(step: Step) -> bool:
    through = [_is_arithmetic(op) and op.passes_on for op, _ in step.passages]
    return step.by_path and bool(through) and all(through)


def _into(step: Step, fits: Callable[[Passage], bool]) -> bool:
    """Whether a parameter's gradient comes by a weighted sum, at a place that `fits`."""
    ways = (passage for passage in step.passages if _sums_weights(passage.op))
    return step.by_path and step.node.role == "parameter" and any(map(fits, ways))


def _into_weights(step: Step) -> bool:
    return _into(step, lambda passage: passage.slot in passage.op.weights)


def _into_bias(step: Step) -> bool:
    return _into(step, lambda passage: passage.slot > max(passage.op.weights))


def _through_weights(step: Step) -> bool:
    return step.node.role != "parameter" and _backward(_sums_weights)(step)


def _over_steps(step: Step) -> bool:
    """A parameter that every step of a recurrence uses."""
    return step.by_path and not step.node.op and len({split_step(name)[1] for name in step.uses} - {""}) > 1


def _over_paths(step: Step) -> bool:
    return step.by_path and step.paths > 1 and not _over_steps(step)


@cache
def _plain_rules() -> frozenset[str]:
    return frozenset(equation.rule for equation in OPTIMIZERS[PLAIN].equations)


def _is_plain_update(step: Step) -> bool:
    return step.phase == "update" and any(map(str(step.rule).startswith, _plain_rules()))


def _is_further_update(step: Step) -> bool:
    return step.phase == "update" and step.form is not None and not _is_plain_update(step)


SKILLS: tuple[Skill, ...] = (
    Skill(
        "formula",
        "a formula: products, sums and powers",
        _is_formula,
        ("square-forgotten", "factor-dropped", "arithmetic-slip", "other-operation", "bracket-dropped"),
    ),
    Skill(
        "product-rule",
        "back through a product, a power or a function",
        _backward(lambda op: _is_arithmetic(op) and not op.passes_on),
        ("wrong-power", "factor-inverted"),
    ),
    Skill(
        "sum-rule",
        "back through a sum or a difference",
        _only_passes_on,
    ),
    Skill(
        "paths",
        "several paths add up",
        _over_paths,
        ("missing-path",),
    ),
    Skill(
        "net",
        "a net: weights times inputs, plus the bias",
        _forward(_sums_weights),
        ("bias-omitted", "transposed-weights", "wrong-layer-input", "activation-too-early"),
    ),
    Skill(
        "activation",
        "an activation: sigmoid, tanh and their kin",
        _forward(_is_smooth_unit),
        ("activation-not-applied", "derivative-for-function", "other-function", "function-dropped"),
    ),
    Skill(
        "relu-forward",
        "an activation with a kink: ReLU and its kin",
        _forward(_is_kinked_unit),
        ("activation-not-applied", "derivative-for-function", "other-function", "function-dropped"),
        zeros=True,
    ),
    Skill(
        "loss",
        "a loss of distances: squared errors and their kin",
        _forward(_is_distance),
        ("missing-factor-two", "missing-one-over-n", "square-forgotten", "only-one-example"),
    ),
    Skill(
        "loss-gradient",
        "where the way back begins: dJ/dz of a squared error",
        _backward(_is_distance),
        ("missing-factor-two", "missing-one-over-n", "averaged-over-outputs"),
    ),
    Skill(
        "activation-derivative",
        "the derivative at a unit: sigmoid, tanh and their kin",
        _backward(_is_smooth_unit),
        (
            *("missing-activation-derivative", "derivative-at-activation", "function-for-derivative"),
            "complement-taken",
        ),
    ),
    Skill(
        "relu-derivative",
        "the derivative at a unit with a kink: what ReLU lets back",
        _backward(_is_kinked_unit),
        ("missing-activation-derivative", "relu-mask-from-output-gradient", "function-for-derivative"),
        zeros=True,
    ),
    Skill(
        "weight-gradient",
        "a weight's gradient: delta times input",
        _into_weights,
        ("transposed-outer-product", "wrong-layer-input", "index-transposed", "transposed"),
    ),
    Skill(
        "bias-gradient",
        "a bias's gradient",
        _into_bias,
        ("bias-not-summed",),
    ),
    Skill(
        "delta-through-weights",
        "a delta back through the weights",
        _through_weights,
        ("transposed-weights", "upstream-forgotten", "updated-weights-used"),
    ),
    Skill(
        "examples",
        "a gradient summed over the training set",
        lambda step: step.over_examples,
        ("only-one-example", "one-over-n-twice", "mean-for-sum"),
    ),
    Skill(
        "update",
        "an update against the gradient",
        _is_plain_update,
        (
            *(
                "learning-rate-forgotten",
                "gradient-not-subtracted",
                "ascent-not-descent",
                "descent-not-ascent",
            ),
            "update-forgotten",
        ),
    ),
    Skill(
        "softmax-forward",
        "a softmax: scores into shares",
        _forward(lambda op: bool(op.across)),
    ),
    Skill(
        "shares-loss",
        "cross-entropy and other losses of shares",
        _forward(lambda op: _is_of_shares(op) or _is_of_logits(op)),
        ("wrong-logarithm", "missing-one-over-n"),
    ),
    Skill(
        "shares-gradient",
        "the derivative of a cross-entropy by its shares",
        _backward(_is_of_shares),
        ("missing-one-over-n",),
    ),
    Skill(
        "softmax-gradient",
        "softmax with cross-entropy: back to the scores",
        _backward(lambda op: bool(op.across) or _is_of_logits(op)),
        ("softmax-derivative-applied-twice", "off-diagonal-jacobian-dropped"),
    ),
    Skill(
        "optimizer",
        "momentum, Adam and their kin",
        _is_further_update,
        ("weight-decay-forgotten", "clip-not-applied", "learning-rate-forgotten"),
    ),
    Skill(
        "steps",
        "weights that every step of a recurrence uses",
        _over_steps,
        ("one-step-only", "missing-path"),
    ),
    Skill(
        "windows-forward",
        "a convolution or a pool",
        _forward(lambda op: op.windows),
    ),
    Skill(
        "windows-gradient",
        "back through a convolution or a pool",
        _backward(lambda op: op.windows),
        ("gradient-to-all",),
        zeros=True,
    ),
    Skill(
        "norm-forward",
        "a norm over examples or features",
        _forward(_normalizes),
    ),
    Skill(
        "norm-gradient",
        "back through a norm",
        _backward(_normalizes),
    ),
    Skill(
        "further-derivative",
        "second derivatives and Jacobians",
        lambda step: bool(step.node.parts),
    ),
)
