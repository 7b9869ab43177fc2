"""The misconceptions, simplest first: each is one small change to the computation of a step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backprop_tutor.grading.misconceptions import activation, forgotten, forward, layer, totals
from backprop_tutor.grading.misconceptions.context import Adjusted, Edge, Forward, Total, Update, WrongResult

__all__ = ["COVERS", "RANK", "TABLE", "Misconception"]


@dataclass(frozen=True)
class Misconception:
    """`title` says in a few words what was done, `summary` in a sentence what is right; `rule` is the card
    that `explain --rule` shows to read on with.

    `forward`, `edge`, `total`, `update` and `adjusted` give the wrong results of each kind of step; those of
    the ids that have none are found by edits of its formula (`misconceptions.edits`).
    `everywhere`: who does it once may well do it in every layer. `covers` are the ids that are told beside
    it where they come to the same."""

    id: str
    title: str
    summary: str
    rule: str
    forward: Callable[[Forward], Iterator[WrongResult]] | None = None
    edge: Callable[[Edge], Iterator[WrongResult]] | None = None
    total: Callable[[Total], Iterator[WrongResult]] | None = None
    update: Callable[[Update], Iterator[WrongResult]] | None = None
    adjusted: Callable[[Adjusted], Iterator[WrongResult]] | None = None
    everywhere: bool = False
    covers: tuple[str, ...] = ()


TABLE: tuple[Misconception, ...] = (
    Misconception(
        "sign-flipped",
        "a sign turned round",
        "A minus sign got lost or came in, often that of the inner derivative of t - z.",
        "power",
        forward=forward.sign,
        edge=totals.edge_sign,
        total=totals.sign,
    ),
    Misconception(
        "ascent-not-descent",
        "the step added instead of subtracted",
        "The update goes against the gradient: w - η g, not w + η g.",
        "descent",
        update=totals.ascent,
    ),
    Misconception(
        "descent-not-ascent",
        "the step subtracted instead of added",
        "Where J is to become large, the update goes along the gradient: w + η g.",
        "descent",
        update=totals.descent,
    ),
    Misconception(
        "weight-decay-forgotten",
        "the weight decay forgotten",
        "Weight decay pulls every weight towards 0: λ w belongs to its gradient, or with AdamW to its step.",
        "descent",
        adjusted=forgotten.forgotten("weight_decay", "the weight decay left out"),
    ),
    Misconception(
        "clip-not-applied",
        "the gradient not clipped",
        "A gradient over the bound is scaled down, or cut off, before the update uses it.",
        "descent",
        adjusted=forgotten.forgotten("clip_norm", "the gradient taken as it is, not clipped"),
    ),
    Misconception(
        "penalty-forgotten",
        "the penalty forgotten",
        "The loss holds the penalty, and so does the gradient of every weight that it is on.",
        "sum",
        forward=forgotten.penalty_not_added,
        total=forgotten.penalty_forgotten,
        covers=("missing-path",),
    ),
    Misconception(
        "penalty-factor",
        "the 2 of the penalty's squares forgotten or taken twice",
        "A penalty c w² has the derivative 2 c w; only with a factor 1/2 does the 2 cancel.",
        "power",
        edge=forgotten.penalty_factor,
    ),
    Misconception(
        "hinge-label-forgotten",
        "the right class forgotten in the hinge loss",
        "The right class's score is in every margin: it gets -1 for each wrong class inside its margin.",
        "sum",
        edge=forgotten.hinge_label,
    ),
    Misconception(
        "learning-rate-forgotten",
        "the learning rate forgotten",
        "The update subtracts the gradient times the learning rate.",
        "descent",
        update=totals.rate_forgotten,
    ),
    Misconception(
        "gradient-not-subtracted",
        "the step not subtracted from the old value",
        "The step η g is not yet the new weight: it is subtracted from the old one.",
        "descent",
        update=totals.not_subtracted,
    ),
    Misconception(
        "missing-factor-two",
        "the 1/2 of the loss or the 2 of its square forgotten",
        "The 2 of the square and the 1/2 of the loss cancel; without the 1/2 the 2 stays.",
        "power",
        forward=forward.factor_two,
        edge=totals.edge_factor_two,
        total=totals.factor_two,
        covers=("one-over-n-twice", "averaged-over-outputs", "mean-for-sum"),
    ),
    Misconception(
        "missing-one-over-n",
        "the 1/N forgotten",
        "The loss is a mean over N examples, and so is every gradient: each holds the 1/N.",
        "sum",
        forward=forward.one_over_n,
        edge=totals.edge_one_over_n,
        total=totals.one_over_n,
    ),
    Misconception(
        "missing-activation-derivative",
        "the derivative of the activation forgotten",
        "Going back through an activation multiplies by its derivative at net.",
        "chain",
        edge=activation.missing_derivative,
        everywhere=True,
        covers=("local-forgotten",),
    ),
    Misconception(
        "activation-not-applied",
        "the activation not applied",
        "A unit's output is its activation of net, not net itself.",
        "unit",
        forward=forward.activation_not_applied,
        everywhere=True,
    ),
    Misconception(
        "activation-too-early",
        "the activation applied too early",
        "net is the weighted sum before the activation.",
        "unit",
    ),
    Misconception(
        "bias-omitted",
        "the bias forgotten",
        "The bias is added to the weighted sum.",
        "unit",
        forward=forward.bias_omitted,
        everywhere=True,
    ),
    Misconception(
        "missing-path",
        "a path forgotten",
        "What comes back along several paths adds up.",
        "chain",
        edge=layer.one_route,
        total=totals.missing_path,
        everywhere=True,
    ),
    Misconception(
        "bias-not-summed",
        "one example's delta taken for a bias's gradient",
        "A bias acts on every example: its gradient is the sum of all their deltas.",
        "sum",
        edge=layer.bias_not_summed,
        everywhere=True,
        covers=("only-one-example",),
    ),
    Misconception(
        "only-one-example",
        "one example taken for all",
        "The loss sums over the training set, and so does every gradient of a weight.",
        "sum",
        forward=forward.one_example,
        edge=layer.one_example,
        everywhere=True,
    ),
    Misconception(
        "transposed-weights",
        "the weights transposed",
        "Forwards W, backwards its transpose: W[i,j] goes into unit i from input j.",
        "linear",
        forward=forward.transposed_weights,
        edge=layer.transposed_weights,
        everywhere=True,
        covers=("transposed",),
    ),
    Misconception(
        "transposed-outer-product",
        "delta and input exchanged in a weight's gradient",
        "dJ/dW[i,j] is the delta of unit i times input j.",
        "linear",
        total=totals.transposed_outer_product,
        covers=("transposed",),
    ),
    Misconception(
        "wrong-layer-input",
        "the input of another layer taken",
        "A weight's gradient uses the input that this weight multiplies.",
        "linear",
        forward=forward.wrong_input,
        edge=layer.wrong_input,
        everywhere=True,
    ),
    Misconception(
        "derivative-at-activation",
        "the derivative of the activation taken at the wrong value",
        "The derivative of the activation is taken at net; h(1 - h) is already written with h.",
        "chain",
        edge=activation.derivative_at_activation,
        everywhere=True,
    ),
    Misconception(
        "relu-mask-from-output-gradient",
        "ReLU's derivative taken from the sign of the gradient",
        "ReLU lets the gradient through where net was positive, whatever the gradient's sign.",
        "relu",
        edge=activation.relu_mask,
        everywhere=True,
    ),
    Misconception(
        "updated-weights-used",
        "the updated weights used too early",
        "All gradients are taken at the old weights; only then are the weights updated.",
        "descent",
        edge=layer.updated_weights,
        everywhere=True,
    ),
    Misconception(
        "softmax-derivative-applied-twice",
        "the derivative of softmax applied twice",
        "With cross-entropy, dJ/dnet is already (z - t)/N: the derivative of softmax is in it.",
        "softmax",
        edge=activation.softmax_twice,
    ),
    Misconception(
        "off-diagonal-jacobian-dropped",
        "only softmax's own output taken into account",
        "Every output of softmax depends on every net, not only on its own.",
        "softmax",
        edge=activation.off_diagonal_dropped,
    ),
    Misconception(
        "transposed",
        "transposed: rows and columns exchanged",
        "Rows and columns are exchanged: the first index of an answer counts rows, the second columns.",
        "linear",
    ),
    Misconception(
        "update-forgotten",
        "the old value given as the updated one",
        "An update changes the value: w - η g, with the gradient g at w.",
        "descent",
        update=totals.not_updated,
    ),
    Misconception(
        "one-over-n-twice",
        "the 1/N taken twice",
        "The 1/N of the loss comes into each gradient once: later steps carry it on.",
        "sum",
        covers=("averaged-over-outputs", "mean-for-sum"),
    ),
    Misconception(
        "averaged-over-outputs",
        "a mean over the outputs taken too",
        "The loss adds up its outputs; the N that it divides by counts something else.",
        "sum",
        covers=("mean-for-sum",),
    ),
    Misconception(
        "function-for-derivative",
        "a function taken for its derivative",
        "Going back through a function multiplies by its derivative, not by its value or its argument.",
        "chain",
        edge=activation.value_for_derivative,
        everywhere=True,
    ),
    Misconception(
        "derivative-for-function",
        "a derivative taken for the function itself",
        "Forwards, a unit's output is the function of its net; the derivative comes in on the way back.",
        "unit",
        forward=forward.derivative_for_function,
        everywhere=True,
    ),
    Misconception(
        "upstream-forgotten",
        "the gradient that comes back forgotten",
        "The chain rule multiplies the local derivative by the gradient that comes back.",
        "chain",
        edge=layer.upstream_forgotten,
    ),
    Misconception(
        "local-forgotten",
        "the local derivative forgotten",
        "The chain rule multiplies the gradient that comes back by the local derivative.",
        "chain",
        edge=layer.local_forgotten,
        everywhere=True,
    ),
    Misconception(
        "neighbour-taken",
        "another quantity or element taken",
        "Look at the indices: each factor belongs to one unit, one input, one example, one layer.",
        "linear",
    ),
    Misconception(
        "index-transposed",
        "the two indices of an element exchanged",
        "W[i,j] goes into unit i from input j: the first index counts rows.",
        "linear",
        covers=("transposed",),
    ),
    Misconception(
        "mean-for-sum",
        "a mean taken for a sum",
        "Gradients over several examples or paths add up; a mean divides once more.",
        "sum",
    ),
    Misconception(
        "factor-dropped",
        "a factor forgotten",
        "A step multiplies all of its factors.",
        "product",
    ),
    Misconception(
        "square-forgotten",
        "a power forgotten",
        "The exponent belongs to the formula: a square multiplies a number by itself.",
        "power",
    ),
    Misconception(
        "wrong-power",
        "another power taken",
        "x^n has the derivative n x^(n-1): the exponent comes down and is lowered by one.",
        "power",
    ),
    Misconception(
        "squared",
        "something squared that is not",
        "A square belongs only where the formula has one.",
        "power",
    ),
    Misconception(
        "wrong-logarithm",
        "the wrong logarithm",
        "log in a loss is the natural logarithm, ln.",
        "log",
    ),
    Misconception(
        "function-dropped",
        "a function not applied",
        "The function is applied to its argument before anything else is done.",
        "chain",
    ),
    Misconception(
        "arithmetic-slip",
        "a slip in one term of a sum",
        "One term of a sum has the wrong sign, is missing, or was counted twice.",
        "sum",
    ),
    Misconception(
        "factor-inverted",
        "a factor turned over",
        "To multiply by a number and to divide by it are two things.",
        "quotient",
    ),
    Misconception(
        "bracket-dropped",
        "a bracket forgotten",
        "What stands before or under a bracket belongs to every term in it.",
        "product",
    ),
    Misconception(
        "complement-taken",
        "1 - h taken for h, or h for 1 - h",
        "Look where the formula has 1 - h, and where h itself.",
        "sum",
    ),
    Misconception(
        "other-operation",
        "added for multiplied, or multiplied for added",
        "Look at which operation the step does.",
        "sum",
    ),
    Misconception(
        "other-function",
        "another function taken",
        "Look at which function the step applies.",
        "chain",
    ),
    Misconception(
        "factor-doubled",
        "a factor 2 too much or too little",
        "Look where each 2 comes from, and whether it cancels.",
        "power",
    ),
)

COVERS = {misconception.id: misconception.covers for misconception in TABLE}
RANK = {misconception.id: rank for rank, misconception in enumerate(TABLE)}
"""The more usual a misconception, the smaller."""
