"""Ways to go wrong in code with arrays, which `programs` looks for: axes, shapes, dtypes, shared memory."""

from backprop_tutor.grading.misconceptions.context import Misconception

__all__ = ["ENTRIES"]


_SLIPS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "summed-over-wrong-axis",
        "a sum over the wrong axis",
        "A bias's gradient sums the deltas over the examples, the first axis, and keeps one number a unit.",
        "sum",
        (),
    ),
    (
        "wrong-axis",
        "a function applied along the wrong axis",
        "Softmax and norms work along one axis: each example's classes, the last one, for softmax.",
        "softmax",
        (),
    ),
    (
        "not-normalised",
        "shares that do not add up to 1",
        "Softmax divides each exponential by the sum of all of them, so that the shares add up to 1.",
        "softmax",
        (),
    ),
    (
        "labels-off-by-one",
        "labels counted from 1 where the code counts from 0, or the other way round",
        "NumPy counts from 0: the first class is column 0 of z.",
        "softmax",
        (),
    ),
    (
        "changed-in-place",
        "an array changed in place after it was worked out",
        "`b = a` makes no copy: `b *= 2`, `b[m] = 0` and `out=a` change a as well. Write b = a.copy().",
        "chain",
        ("activation-too-early", "neighbour-taken", "local-forgotten", "missing-activation-derivative"),
    ),
    (
        "data-changed",
        "data or parameters of the exercise changed",
        "The data and parameters are the exercise's own; what is worked out goes into new variables.",
        "chain",
        (),
    ),
    (
        "overflow-without-shift",
        "an overflow that a shift would avoid",
        "exp of a large number is infinite: take the largest net off before exp, which changes no share.",
        "softmax",
        (),
    ),
    (
        "decimals-cut",
        "decimals cut off by an array of whole numbers",
        "An array made from whole numbers keeps whole numbers: make it with dtype=float.",
        "linear",
        (),
    ),
    (
        "broadcast-blow-up",
        "a column and a row spread out to a matrix",
        "(N, 1) and (N,) together give (N, N): give both the same shape first.",
        "sum",
        (),
    ),
    (
        "other-shape",
        "the right numbers in another shape",
        "The shape belongs to the answer: an axis of length 1 is an axis.",
        "linear",
        (),
    ),
    (
        "kernel-flipped",
        "the kernel turned round",
        "Deep learning's convolution slides the kernel as it is; only backwards to the input is it turned.",
        "linear",
        (),
    ),
    (
        "window-settings",
        "another padding or stride",
        "Padding and stride say where the windows lie, forwards and backwards.",
        "linear",
        (),
    ),
    (
        "padding-not-cut",
        "the border of the padding left on",
        "What comes back to the padding belongs to no input: cut it off.",
        "linear",
        (),
    ),
    (
        "example-left-out",
        "an example left out of the sum",
        "Look at the ends of the loop: every example is in the sum, the first and the last one too.",
        "sum",
        (),
    ),
    (
        "derivative-twice",
        "the derivative of an activation applied twice",
        "Going back through an activation multiplies by its derivative once.",
        "chain",
        (),
    ),
    (
        "n-minus-one",
        "divided by N - 1 where N belongs",
        "A mean over N numbers divides by N; a norm's variance does, too (ddof=0).",
        "sum",
        (),
    ),
    (
        "rate-too-early",
        "the learning rate multiplied into a gradient",
        "A gradient holds no learning rate: that comes in with the update.",
        "descent",
        (),
    ),
)

ENTRIES = tuple(
    Misconception(id_, title, summary, rule, covers=covers) for id_, title, summary, rule, covers in _SLIPS
)
