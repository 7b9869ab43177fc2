"""The misconceptions, simplest first: each is one small change to the computation of a step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backprop_tutor.grading.misconceptions import activation, forward, layer, totals
from backprop_tutor.grading.misconceptions.context import Edge, Forward, Total, Update, Variant

__all__ = ["ARITHMETIC_SLIP", "TABLE", "Misconception"]


@dataclass(frozen=True)
class Misconception:
    """`rule` is the card that `explain --rule` shows to read on with.

    `forward`, `edge`, `total` and `update` give the wrong results of each kind of step.
    `everywhere`: who does it once may well do it in every layer. `covers` are the ids of more general
    ones, which it is a case of: with them, it is no less certain."""

    id: str
    summary: str
    rule: str
    forward: Callable[[Forward], Iterator[Variant]] | None = None
    edge: Callable[[Edge], Iterator[Variant]] | None = None
    total: Callable[[Total], Iterator[Variant]] | None = None
    update: Callable[[Update], Iterator[Variant]] | None = None
    everywhere: bool = False
    covers: tuple[str, ...] = ()


ARITHMETIC_SLIP = "arithmetic-slip"

TABLE: tuple[Misconception, ...] = (
    Misconception(
        "sign-flipped",
        "A minus sign got lost or came in, often that of the inner derivative of t - z.",
        "power",
        forward=forward.sign,
        edge=totals.edge_sign,
        total=totals.sign,
    ),
    Misconception(
        "ascent-not-descent",
        "The update goes against the gradient: w - η g, not w + η g.",
        "descent",
        update=totals.ascent,
    ),
    Misconception(
        "learning-rate-forgotten",
        "The update subtracts the gradient times the learning rate.",
        "descent",
        update=totals.rate_forgotten,
    ),
    Misconception(
        "gradient-not-subtracted",
        "The step η g is not yet the new weight: it is subtracted from the old one.",
        "descent",
        update=totals.not_subtracted,
    ),
    Misconception(
        "missing-factor-two",
        "The 2 of the square and the 1/2 of the loss cancel; without the 1/2 the 2 stays.",
        "power",
        forward=forward.factor_two,
        edge=totals.edge_factor_two,
        total=totals.factor_two,
    ),
    Misconception(
        "missing-one-over-n",
        "The loss is a mean over N examples, and so is every gradient: each holds the 1/N.",
        "sum",
        forward=forward.one_over_n,
        edge=totals.edge_one_over_n,
        total=totals.one_over_n,
    ),
    Misconception(
        "missing-activation-derivative",
        "Going back through an activation multiplies by its derivative at net.",
        "chain",
        edge=activation.missing_derivative,
        everywhere=True,
        covers=("local-forgotten",),
    ),
    Misconception(
        "activation-not-applied",
        "A unit's output is its activation of net, not net itself.",
        "unit",
        forward=forward.activation_not_applied,
        everywhere=True,
    ),
    Misconception(
        "bias-omitted",
        "The bias is added to the weighted sum.",
        "unit",
        forward=forward.bias_omitted,
        everywhere=True,
    ),
    Misconception(
        "missing-path",
        "What comes back along several paths adds up.",
        "chain",
        edge=layer.one_route,
        total=totals.missing_path,
        everywhere=True,
    ),
    Misconception(
        "bias-not-summed",
        "A bias acts on every example: its gradient is the sum of all their deltas.",
        "sum",
        edge=layer.bias_not_summed,
        everywhere=True,
        covers=("only-one-example",),
    ),
    Misconception(
        "only-one-example",
        "The loss sums over the training set, and so does every gradient of a weight.",
        "sum",
        forward=forward.one_example,
        edge=layer.one_example,
        everywhere=True,
    ),
    Misconception(
        "transposed-weights",
        "Forwards W, backwards its transpose: W[i,j] goes into unit i from input j.",
        "linear",
        forward=forward.transposed_weights,
        edge=layer.transposed_weights,
        everywhere=True,
    ),
    Misconception(
        "transposed-outer-product",
        "dJ/dW[i,j] is the delta of unit i times input j.",
        "linear",
        total=totals.transposed_outer_product,
    ),
    Misconception(
        "wrong-layer-input",
        "A weight's gradient uses the input that this weight multiplies.",
        "linear",
        forward=forward.wrong_input,
        edge=layer.wrong_input,
        everywhere=True,
    ),
    Misconception(
        "derivative-at-activation",
        "The derivative of the activation is taken at net; h(1 - h) is already written with h.",
        "chain",
        edge=activation.derivative_at_activation,
        everywhere=True,
    ),
    Misconception(
        "relu-mask-from-output-gradient",
        "ReLU lets the gradient through where net was positive, whatever the gradient's sign.",
        "relu",
        edge=activation.relu_mask,
        everywhere=True,
    ),
    Misconception(
        "updated-weights-used",
        "All gradients are taken at the old weights; only then are the weights updated.",
        "descent",
        edge=layer.updated_weights,
        everywhere=True,
    ),
    Misconception(
        "softmax-derivative-applied-twice",
        "With cross-entropy, dJ/dnet is already (z - t)/N: the derivative of softmax is in it.",
        "softmax",
        edge=activation.softmax_twice,
    ),
    Misconception(
        "off-diagonal-jacobian-dropped",
        "Every output of softmax depends on every net, not only on its own.",
        "softmax",
        edge=activation.off_diagonal_dropped,
    ),
    Misconception(
        "upstream-forgotten",
        "The chain rule multiplies the local derivative by the gradient that comes back.",
        "chain",
        edge=layer.upstream_forgotten,
    ),
    Misconception(
        "local-forgotten",
        "The chain rule multiplies the gradient that comes back by the local derivative.",
        "chain",
        edge=layer.local_forgotten,
        everywhere=True,
    ),
    Misconception(
        ARITHMETIC_SLIP,  # found among the terms of the formula, in grading.terms
        "One term of a sum has the wrong sign, is missing, or was counted twice.",
        "sum",
    ),
)
