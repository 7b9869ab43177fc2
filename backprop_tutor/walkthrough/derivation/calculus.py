"""The rules of calculus: each takes the unevaluated derivative of a formula one step further."""

from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.letters import Lettered, LettersSystem
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, Sym
from backprop_tutor.walkthrough.derivation.general_sizes import EXAMPLES
from backprop_tutor.walkthrough.derivation.rule import DerivativeRule, Scene
from backprop_tutor.walkthrough.derivation.terms import ONE, ZERO, build

__all__ = ["CALCULUS", "local_derivative"]

_SYSTEM = LettersSystem()


def local_derivative(
    op: Op,
    slot: int,
    y: Expr,
    args: tuple[Expr, ...],
    settings: tuple[tuple[str, Expr], ...],
    *,
    spelled: bool = False,
) -> Expr:
    """The derivative of y = op(args) with respect to one argument, as the ops table has it; `spelled` out
    where the author has no name for the function."""
    if op.slope_is:
        return Call(op.slope_is, args)
    if op.prime and not spelled:
        return Call(f"{op.name}'", args, settings)
    params = {key: value.value for key, value in settings if isinstance(value, Num)}
    inputs = [Lettered.scalar(arg) for arg in args]
    return Lettered.lift(op.partials[slot](_SYSTEM, Lettered.scalar(y), *inputs, **params)).at(())


def _sum_rule(scene: Scene, place: Partial) -> Expr | None:
    match place.of:
        case Call("add" | "sub", args):
            return build(place.of, tuple(Partial(arg, place.wrt) for arg in args))
        case Sum(_, upper, body):
            return build(place.of, (upper, Partial(body, place.wrt)))
        case _:
            return None


def _sum_name(scene: Scene, place: Partial) -> str:
    over_examples = isinstance(place.of, Sum) and place.of.upper == Sym(EXAMPLES)
    return "sum over the training set" if over_examples else "derivative of a sum"


def _constant_factor(scene: Scene, place: Partial) -> Expr | None:
    match place.of:
        case Call("neg", (a,)):
            inside = Partial(a, place.wrt)
            return ex.neg(_constant_factor(scene, inside) or inside)
        case Call("mul", args):
            still = [arg for arg in args if not scene.depends(arg, place.wrt)]
            moving = [arg for arg in args if scene.depends(arg, place.wrt)]
            return ex.mul(*still, Partial(ex.mul(*moving), place.wrt)) if still else None
        case Call("div", (a, b)) if not scene.depends(b, place.wrt):
            return ex.mul(ex.div(ONE, b), Partial(a, place.wrt))
        case _:
            return None


def _product(scene: Scene, place: Partial) -> Expr | None:
    if not isinstance(place.of, Call) or place.of.name != "mul":
        return None
    args = place.of.args
    return ex.add(*(ex.mul(*args[:k], Partial(arg, place.wrt), *args[k + 1 :]) for k, arg in enumerate(args)))


def _quotient(scene: Scene, place: Partial) -> Expr | None:
    if not isinstance(place.of, Call) or place.of.name != "div":
        return None
    a, b = place.of.args
    square = ex.power(b, Num(Fraction(2)))
    if not scene.depends(a, place.wrt):
        return ex.neg(ex.mul(ex.div(a, square), Partial(b, place.wrt)))
    above = ex.sub(ex.mul(b, Partial(a, place.wrt)), ex.mul(a, Partial(b, place.wrt)))
    return ex.div(above, square)


def _power(scene: Scene, place: Partial) -> Expr | None:
    match place.of:
        case Call("pow", (a, b)) if not scene.depends(b, place.wrt):
            lowered = Num(b.value - 1) if isinstance(b, Num) else ex.sub(b, ONE)
            return ex.mul(b, ex.power(a, lowered), Partial(a, place.wrt))
        case _:
            return None


def _exponential(scene: Scene, place: Partial) -> Expr | None:
    """a^b with a moving exponent; the base may move too."""
    match place.of:
        case Call("pow", (a, b)):
            by_exponent = ex.mul(place.of, Call("log", (a,)), Partial(b, place.wrt))
            if not scene.depends(a, place.wrt):
                return by_exponent
            return ex.add(ex.mul(b, ex.power(a, ex.sub(b, ONE)), Partial(a, place.wrt)), by_exponent)
        case _:
            return None


def _exponential_name(scene: Scene, place: Partial) -> str:
    base = place.of.args[0] if isinstance(place.of, Call) else place.of
    return "power rule and exponential rule" if scene.depends(base, place.wrt) else "exponential"


def _function(scene: Scene, place: Partial) -> Expr | None:
    op = ops.TABLE.get(place.of.name) if isinstance(place.of, Call) else None
    if op is None or not isinstance(place.of, Call) or not op.is_function:
        return None
    args, settings = place.of.args, place.of.options
    terms = [
        ex.mul(local_derivative(op, slot, place.of, args, settings), Partial(arg, place.wrt))
        for slot, arg in enumerate(args)
        if scene.depends(arg, place.wrt)
    ]
    return ex.add(*terms)


def _function_name(scene: Scene, place: Partial) -> str:
    return ops.get(place.of.name).derivative_rule(0) if isinstance(place.of, Call) else ""


def _extremum(scene: Scene, place: Partial) -> Expr | None:
    """The derivative of the largest or smallest of several, shared by those that are equal."""
    if not isinstance(place.of, Call) or place.of.name not in ("max", "min"):
        return None
    match place.of.args:
        case (Num(Fraction(numerator=0)), b) if place.of.name == "max":
            return ex.mul(Call("indicator", (Call("gt", (b, ZERO)),)), Partial(b, place.wrt))
    hits = [Call("indicator", (Call("eq", (arg, place.of)),)) for arg in place.of.args]
    terms = [ex.mul(hit, Partial(arg, place.wrt)) for hit, arg in zip(hits, place.of.args, strict=True)]
    return ex.div(ex.add(*terms), ex.add(*hits))


def _first_largest(scene: Scene, place: Partial) -> Expr | None:
    """The derivative of the largest of several, which is that of the first of equal ones."""
    if not isinstance(place.of, Call) or place.of.name != "first_max":
        return None
    args, terms = place.of.args, []
    for k, arg in enumerate(args):
        others = (("gt", args[:k]), ("ge", args[k + 1 :]))
        wins = [Call("indicator", (Call(sign, (arg, _top(rest))),)) for sign, rest in others if rest]
        terms.append(ex.mul(*wins, Partial(arg, place.wrt)))
    return ex.add(*terms)


def _top(args: tuple[Expr, ...]) -> Expr:
    return Call("max", args) if len(args) > 1 else args[0]


def _extremum_name(scene: Scene, place: Partial) -> str:
    return f"derivative of {place.of.name}" if isinstance(place.of, Call) else ""


def _cases(scene: Scene, place: Partial) -> Expr | None:
    """Case by case; which case holds does not change nearby."""
    match place.of:
        case Call("cases", (condition, a, b)):
            return Call("cases", (condition, Partial(a, place.wrt), Partial(b, place.wrt)))
        case Call("indicator", _):
            return ZERO
        case _:
            return None


CALCULUS = (
    DerivativeRule("derivative of a sum", _sum_rule, _sum_name, minor=True),
    DerivativeRule("constant factor", _constant_factor, minor=True),
    DerivativeRule("product rule", _product),
    DerivativeRule("quotient rule", _quotient),
    DerivativeRule("power rule", _power),
    DerivativeRule("exponential", _exponential, _exponential_name),
    DerivativeRule("derivative case by case", _cases),
    DerivativeRule("derivative of a function", _function, _function_name),
    DerivativeRule("derivative of max", _extremum, _extremum_name),
    DerivativeRule("derivative of the first of the largest", _first_largest),
)
