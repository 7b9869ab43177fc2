"""An error planted in any rule is caught by the proof, at the line where it was made."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Op
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, Sym
from backprop_tutor.walkthrough.derivation import rules
from backprop_tutor.walkthrough.derivation.derivation_form import Section
from backprop_tutor.walkthrough.derivation.explanation import derived_by_element
from backprop_tutor.walkthrough.derivation.premises import Premises, premises
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.question import find_question
from backprop_tutor.walkthrough.derivation.rule import Rule, Scene
from backprop_tutor.walkthrough.derivation.sections import index_sections
from backprop_tutor.walkthrough.derivation.terms import letters, rewrite_first, substitute

CIRCUIT = """
title: every rule
graph:
  parameters: {a: 2, b: 3, c: [1, 2, 3]}
  compute:
    s: 3 * a + b
    q: (s * a) / (b - a)
    r: s ** (2 * a)
    f: q * r + exp(r) - sum(c * c) * a + log(3 * a) * log(3 * a) + maximum(a, b)
  loss: f
"""
FAN_OUT = """
title: two consumers that do not touch each other
graph:
  parameters: {x: 2}
  compute:
    a: x * x
    b: exp(x)
    f: a + 2 * b
  loss: f
"""
ALIKE = """
title: two paths that come to the same
graph:
  parameters: {x: 2, y: 3}
  compute: {a: x * y, b: y * x, f: a + b}
  loss: f
"""
LARGEST = """
title: the largest element
graph:
  parameters: {a: [1, 2, 3]}
  compute: {f: max(a) * 2}
  loss: f
"""
UNNAMED = """
title: an activation of a formula
graph:
  parameters: {w: [1, 2, 3]}
  given: {x: [4, 5, 6]}
  compute: {h: sigmoid(x @ w), f: h ** 2}
  loss: f
"""
POOL = """
title: the largest of each window
graph:
  parameters: {a: [1, 2, 4, 3]}
  compute: {p: max_pool(a), f: sum(p * p)}
  loss: f
"""
BEHIND = """
title: the largest of each window of squares
graph:
  parameters: {w: [1, 2, 4, 3]}
  compute: {a: w * w, p: max_pool(a), f: sum(p * p)}
  loss: f
"""
NORM = """
title: a norm
graph:
  parameters: {x: [1, 2, 4], g: [1, 2, 3], b: [0, 1, 1]}
  given: {c: [3, -1, 2]}
  compute: {y: "layer_norm(x, g, b)", f: sum(y * y * c)}
  loss: f
"""
WRITTEN_NORM = """
title: a norm written as a formula
graph:
  parameters: {x: [1, 2, 4]}
  given: {c: [3, -1, 2]}
  compute: {y: (x - mean(x)) / sqrt(var(x) + 1/100), f: sum(y * y * c)}
  loss: f
"""
SUM = """
title: a sum of products
graph:
  parameters: {w: [1, 2, 3]}
  given: {x: [4, 5, 6]}
  compute: {f: (x @ w) ** 2}
  loss: f
"""
SQUARE = """
title: divided by the root of a square
graph:
  parameters: {w: 3}
  compute: {f: w ** 2 / sqrt(4)}
  loss: f
"""
HUBER = """
title: the Huber loss
graph:
  parameters: {w: 1/2}
  given: {x: [1, 2, 4], t: [1, 0, 9]}
  compute: {z: w * x, f: "huber(z, t)"}
  loss: f
"""
SHARED = """
title: a mean by shares
graph:
  parameters: {x: [1, 2, 4]}
  given: {c: [3, -1, 2]}
  compute: {p: softmax(x), f: sum(p * c)}
  loss: f
"""
PIECEWISE = """
title: a loss that is a choice between cases
graph:
  parameters: {a: [0, 2, 3]}
  compute: {f: excess(a) * 2}
  loss: f
"""
# A question that uses the rule, for each rule in the table.
WHERE = {
    "constant": ("exercise1", "dJ/dW2"),
    "derivative of a variable by itself": ("fan-out", "df/dx"),
    "linearity of a sum": (SUM, "df/dw"),
    "contraction of the Kronecker delta": ("exercise1", "dJ/dW2"),
    "minus sign to the front": ("exercise1", "dJ/dW2"),
    "numbers": ("exercise1", "dJ/dW2"),
    "constant factor out of the sum": ("exercise3", "dJ/dW1"),
    "cancel the common factor": ("softmax-batch", "dJ/dW1"),
    "factor out": ("tanh-bce", "dJ/dW2"),
    "derivative of a sum": ("exercise1", "dJ/dW2"),
    "constant factor": ("exercise1", "dJ/dW2"),
    "product rule": (CIRCUIT, "df/da"),
    "quotient rule": (CIRCUIT, "df/da"),
    "power rule": ("exercise1", "dJ/dW2"),
    "exponential": (CIRCUIT, "df/da"),
    "derivative of a function": ("tanh-bce", "dJ/dW2"),
    "derivative case by case": (PIECEWISE, "df/da"),
    "derivative of max": (LARGEST, "df/da[3]"),
    "derivative of the first of the largest": (POOL, "df/da[2]"),
    "norm backwards": (NORM, "df/dx"),
    "derivative of a norm": (WRITTEN_NORM, "df/dx"),
    "definition of delta": ("exercise3", "dJ/dW1"),
    "total derivative": ("exercise3", "dJ/dW1"),
    "total derivative over consumers": (FAN_OUT, "df/dx"),
    "total derivative over parents": (BEHIND, "dp/dw"),
    "derivative of the activation": ("exercise3", "dJ/dW1"),
    "softmax Jacobian": ("softmax-batch", "dJ/dW1"),
    "chain rule": ("exercise3", "dJ/dW2"),
    "total derivative of softmax": ("softmax-batch", "dJ/dW1"),
    "derivative of an activation of a formula": (UNNAMED, "df/dw"),
    "linearity of net": ("exercise3", "dJ/dW1"),
    "definition": ("fan-out", "df/dx"),
    "targets add up to 1": ("softmax-batch", "dJ/dW1"),
    "multiply out a bracket with a delta": ("softmax-batch", "dJ/dW1"),
    "sum of a difference": ("softmax-batch", "dJ/dW1"),
    "multiply out a bracket of fractions": ("tanh-bce", "dJ/dW2"),
    "multiply out": ("tanh-bce", "dJ/dW2"),
    "like terms": (ALIKE, "df/dx"),
    "turn the sign": ("softmax-batch", "dJ/dW1"),
    "root of a square": (SQUARE, "df/dw"),
    "factor out of both cases": (HUBER, "df/dw"),
    "factor out what all terms share": (SHARED, "df/dx"),
    "equal factors as a power": ("hessian-two-weights", "d2J/dw1 dw1"),
}

BY_ELEMENT = ("derivative of max", "derivative of the first of the largest")  # which letters cannot say

EXCESS = Op(
    "excess",
    lambda xp, x: xp.sum(xp.where(xp.gt(x, 1), x - 1, xp.number(0)), (0,)),
    (lambda xp, g, y, x: g * xp.where(xp.gt(x, 1), xp.number(1), xp.number(0)),),
    rule="what is above 1",
    derivative=("derivative case by case",),
    says="",
)

Change = Callable[[Expr], Expr | None]


@pytest.fixture(autouse=True, scope="module")
def _excess() -> Iterator[None]:
    """No op of the table shows its cases in a derivation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ops.TABLE, "excess", EXCESS)
        patch.setitem(ops.FUNCTIONS, "excess", "excess")
        yield


def wrong_sign(result: Expr) -> Expr:
    return ex.neg(result)


def extra_factor(result: Expr) -> Expr:
    """A 2 that was not cancelled."""
    return ex.mul(Num(Fraction(2)), result)


def missing_factor(result: Expr) -> Expr | None:
    """The last factor of the first product that does not end in a bare number."""

    def change(part: Expr) -> Expr | None:
        if isinstance(part, Call) and part.name == "mul":
            return ex.mul(*part.args[:-1])
        return None

    return rewrite_first(result, change)


def missing_path(result: Expr) -> Expr | None:
    """One term of the first sum, or only the first term of a sum over an index."""

    def change(part: Expr) -> Expr | None:
        if isinstance(part, Call) and part.name == "add":
            return ex.add(*part.args[:-1])
        if isinstance(part, Sum):
            return substitute(part.body, {part.index: Num(Fraction(1))})
        return None

    return rewrite_first(result, change)


def wrong_index(result: Expr) -> Iterator[Expr]:
    """Every letter in the place of every other."""
    found = sorted(letters(result))
    bound = {part.index for part in sums(result)}
    for old in found:
        for new in found:
            if old != new and old not in bound and new not in bound:
                yield substitute(result, {old: Sym(new)})


def sums(expr: Expr) -> Iterator[Sum]:
    if isinstance(expr, Sum):
        yield expr
    for part in ex.children(expr):
        yield from sums(part)


def planted(result: Expr) -> dict[str, Expr]:
    """Wrong results that could stand in the place of a right one."""
    found: dict[str, Expr | None] = {
        "wrong sign": wrong_sign(result),
        "extra factor": extra_factor(result),
        "missing factor": missing_factor(result),
        "missing path": missing_path(result),
        "stray term": ex.add(result, Num(Fraction(1))),
    }
    found |= {f"wrong index {k}": wrong for k, wrong in enumerate(wrong_index(result))}
    return {name: wrong for name, wrong in found.items() if wrong is not None and wrong != result}


def is_same_value(place: Expr, name: str, result: Expr) -> bool:
    """A wrong result that happens to be right: 0 has no sign, and a delta is symmetric in its letters."""
    if result == Num(Fraction(0)):
        return name in ("wrong sign", "extra factor")
    return name.startswith("wrong index") and isinstance(result, Call) and result.name == "kronecker"


def derivation(where: tuple[str, str]) -> tuple[Premises, list[Section]]:
    source, quantity = where
    solution = solve(load(source) if "\n" not in source else loads(source))
    question = find_question(solution, quantity)
    base = premises(question)
    of, wrt = question.of.name, question.wrt.name
    return base, index_sections(base.definitions, of, wrt, targets=base.targets)


class Plant:
    """A rule that goes wrong the first time that it is applied, in one of several ways."""

    def __init__(self, rule: Rule, way: str) -> None:
        self.rule, self.way = rule, way
        self.ways: dict[str, Expr] = {}
        self.done = False

    def __call__(self, scene: Scene, place: Expr) -> Expr | None:
        result = self.rule.apply(scene, place)
        if result is None or self.done:
            return result
        self.done = True
        self.ways = {
            way: wrong for way, wrong in planted(result).items() if not is_same_value(place, way, result)
        }
        return self.ways.get(self.way, result)


def test_every_rule_is_listed_here() -> None:
    assert set(WHERE) == set(rules.TABLE)


def lines_of(name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Plant, list[bool | None]]:
    plant = Plant(rules.TABLE[name], way)
    monkeypatch.setitem(rules.TABLE, name, replace(rules.TABLE[name], apply=plant))
    base, sections = derivation(WHERE[name])
    sections = proved(sections, base.bench, base.special)
    return plant, [line.verified for section in sections for line in section.lines]


@pytest.mark.parametrize("name", [name for name in WHERE if name not in BY_ELEMENT])
def test_the_proof_catches_what_is_planted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, verified = lines_of(name, "", monkeypatch)
    assert plant.done, "the question uses the rule"
    assert all(verified), "without an error every line holds"
    monkeypatch.undo()
    ways = list(plant.ways)
    assert {"wrong sign", "extra factor"} & set(ways) or name == "constant"
    missed = []
    for way in ways:
        with monkeypatch.context() as patch:
            _, found = lines_of(name, way, patch)
        if False not in found:
            missed.append(way)
    assert missed == []


@pytest.mark.parametrize("name", BY_ELEMENT)
@pytest.mark.parametrize("way", ["wrong sign", "extra factor", "missing path", "stray term"])
def test_an_error_in_the_derivative_of_the_largest_is_caught(
    way: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backprop_tutor.errors import ProofError

    plant = Plant(rules.TABLE[name], way)
    monkeypatch.setitem(rules.TABLE, name, replace(rules.TABLE[name], apply=plant))
    source, quantity = WHERE[name]
    question = find_question(solve(loads(source)), quantity)
    with pytest.raises(ProofError):
        derived_by_element(premises(question), *question.first)
    assert way in plant.ways


def test_a_planted_error_is_marked_at_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    plant, verified = lines_of("power rule", "wrong sign", monkeypatch)
    assert plant.done
    assert verified.count(False) == 1
    assert verified.index(False) == 4, "definition, constant factor, two sums, then the power rule"


def test_a_total_derivative_without_one_of_its_paths_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(scene: Scene, place: Partial) -> Expr | None:
        result = right.apply(scene, place)
        return ex.add(*result.args[1:]) if isinstance(result, Call) else None

    right = rules.TABLE["total derivative over consumers"]
    monkeypatch.setitem(rules.TABLE, right.name, replace(right, apply=forgetful))
    base, sections = derivation((FAN_OUT, "df/dx"))
    (section,) = proved(sections, base.bench)
    assert section.lines[0].rule == "total derivative"
    assert section.lines[0].verified is False
