"""PyTorch's losses, with their reductions."""

from fractions import Fraction
from functools import partial
from typing import Any

from backprop_tutor.exercise.torch_import.lowering import AtenRule, Constant, Lowering, UnknownOpError
from backprop_tutor.exercise.torch_import.tensor_places import number
from backprop_tutor.language.expr import Call, Expr, Num

__all__ = ["LOSS_RULES"]

NONE, MEAN, SUM = 0, 1, 2


def _word(text: str) -> Num:
    return Num(Fraction(0), text)


def _elementwise(word: str, each: str, to: Lowering, z: Any, t: Any, reduction: int = MEAN) -> Expr:
    """A loss of two arrays of one shape, or what it adds up."""
    if reduction == NONE:
        return to.formula(each, z=z, t=t)
    return _reduced(to, word, z, t, reduction)


def _reduced(to: Lowering, word: str, z: Any, t: Any, reduction: int, **settings: float) -> Expr:
    left, right = to.tensor(z), to.tensor(t)
    if left.spoken != left.shape or right.spoken != right.shape:
        raise UnknownOpError("of arrays of different shapes")
    options: list[tuple[str, Expr]] = [(key, number(value)) for key, value in settings.items()]
    options.append(("reduction", _word({MEAN: "elements", SUM: "sum"}[reduction])))
    return Call(word, (to.expr(left), to.expr(right)), tuple(options))


def _huber(to: Lowering, z: Any, t: Any, reduction: int = MEAN, delta: float = 1) -> Expr:
    _refuse_none(reduction)
    return _reduced(to, "huber", z, t, reduction, **({} if delta == 1 else {"delta": delta}))


def _smooth_l1(to: Lowering, z: Any, t: Any, reduction: int = MEAN, beta: float = 1) -> Expr:
    found = _huber(to, z, t, reduction, beta)
    return found if beta == 1 else to.formula("a / b", a=found, b=beta)


def _bce(to: Lowering, z: Any, t: Any, weight: Any = None, reduction: int = MEAN) -> Expr:
    _refuse(weight, "with weights")
    return _elementwise("bce", "-(t * log(z) + (1 - t) * log(1 - z))", to, z, t, reduction)


def _bce_logits(
    to: Lowering, z: Any, t: Any, weight: Any = None, pos_weight: Any = None, reduction: int = MEAN
) -> Expr:
    _refuse(weight, "with weights")
    _refuse(pos_weight, "with pos_weight")
    if reduction == NONE:
        return to.formula("softplus(z) - t * z", z=z, t=t)
    found = _reduced(to, "bce", z, t, reduction)
    assert isinstance(found, Call)
    return Call(found.name, found.args, (*found.options, ("from", _word("logits"))))


def _of_classes(
    word: str,
    to: Lowering,
    z: Any,
    t: Any,
    weight: Any = None,
    reduction: int = MEAN,
    ignore_index: int = -100,
    label_smoothing: float = 0,
) -> Expr:
    """cross_entropy of logits, or nll: the classes lie along axis 1, and here along the last."""
    _refuse(weight, "with weights of classes")
    if label_smoothing:
        raise UnknownOpError("with label_smoothing")
    _refuse_none(reduction)
    scores = to.tensor(z)
    if len(scores.shape) > 2:
        order = (0, *range(2, len(scores.shape)), 1)
        scores = scores.moved(scores.places.transpose(order))
    if isinstance(t, Constant) and not t.tensor.is_floating_point():
        if bool((t.tensor == ignore_index).any()):
            raise UnknownOpError("with ignore_index among the targets")
        target = to.whole_numbers(t)
    else:
        shares = to.tensor(t)
        if len(shares.shape) > 2:
            shares = shares.moved(shares.places.transpose((0, *range(2, len(shares.shape)), 1)))
        target = to.expr(shares)
    options = [("from", _word("logits"))] if word == "cross_entropy" else []
    if reduction == SUM:
        options.append(("reduction", _word("sum")))
    return Call(word, (to.expr(scores), target), tuple(options))


def _kl(to: Lowering, z: Any, t: Any, reduction: int = MEAN, log_target: bool = False) -> Expr:
    """Σ t (ln t - z) of log-probabilities z."""
    if log_target:
        each = to.formula("exp(t) * (t - z)", z=z, t=t)
    elif reduction != NONE:
        total = Call("kl", (to.formula("exp(z)", z=z), to.expr(t)), (("reduction", _word("sum")),))
        return total if reduction == SUM else to.formula("a / n", a=total, n=to.tensor(z).places.size)
    else:
        each = to.formula("t * (log(t) - z)", z=z, t=t)
    return each if reduction == NONE else to.formula("mean(a)" if reduction == MEAN else "sum(a)", a=each)


def _refuse(setting: Any, why: str) -> None:
    if setting is not None:
        raise UnknownOpError(why)


def _refuse_none(reduction: int) -> None:
    if reduction == NONE:
        raise UnknownOpError("with reduction 'none'")


LOSS_RULES: dict[str, AtenRule] = {
    "mse_loss": AtenRule("", partial(_elementwise, "mse", "(z - t) ** 2")),
    "l1_loss": AtenRule("", partial(_elementwise, "mae", "abs(z - t)")),
    "huber_loss": AtenRule("", _huber),
    "smooth_l1_loss": AtenRule("", _smooth_l1),
    "binary_cross_entropy": AtenRule("", _bce),
    "binary_cross_entropy_with_logits": AtenRule("", _bce_logits),
    "cross_entropy_loss": AtenRule("", partial(_of_classes, "cross_entropy")),
    **{name: AtenRule("", partial(_of_classes, "nll")) for name in ("nll_loss", "nll_loss_nd", "nll_loss2d")},
    "kl_div": AtenRule("", _kl),
}
