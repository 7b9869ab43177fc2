"""Rule cards: what a rule says, and how it follows from others, every line checked.

The cards are the entries of `rules.yaml`, and one for each elementwise op of the ops table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.yaml_reader import read
from backprop_tutor.language import Call, Expr, Partial, Sym, parse, rewrite
from backprop_tutor.walkthrough.rule_proof import equal

__all__ = ["Derived", "RuleCard", "RuleLine", "rule_card", "rule_names", "where_to_look"]

FUNCTIONS = {**ops.FUNCTIONS, "D": "D", "u": "u", "v": "v"}
SPAN = (-4.0, 4.0)  # of a picture whose card says nothing of it
INPUTS = ("a", "b", "c")  # of an op of several


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line; `left` is None where it goes on from the line above. `verified` is None for a definition."""

    rule: str
    left: Expr | None
    right: Expr
    verified: bool | None


@dataclass(frozen=True, slots=True)
class Derived:
    title: str
    lines: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class RuleCard:
    """`op` is the function to draw over `span`, None where there is none."""

    name: str
    title: str
    equations: tuple[RuleLine, ...]
    says: str
    where: str
    derivations: tuple[Derived, ...]
    op: Op | None
    span: tuple[float, float]

    def curves(self, count: int) -> tuple[Array, Array, Array]:
        """`count` values of x over the span, and f(x) and f'(x) at them; NaN or infinite where undefined."""
        assert self.op
        x = np.linspace(*self.span, count)
        with np.errstate(all="ignore"):
            y = FLOAT64.finish(self.op.forward(FLOAT64, x))
            slope = FLOAT64.finish(self.op.partials[0](FLOAT64, y, x))
        return x, y, np.broadcast_to(slope, x.shape)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    from importlib.resources import files  # also where the program is packed into a zip file

    document = read((files("backprop_tutor.walkthrough") / "rules.yaml").read_bytes())
    assert not document.faults, document.faults
    return cast(Mapping[str, Mapping[str, Any]], document.data)


def where_to_look(name: str) -> str:
    """What to look at where a step by this rule comes out wrong; nothing where its card does not say."""
    return str(_table().get(name, {}).get("look", ""))


def rule_names() -> dict[str, str]:
    """Every card with its title: those of the table, then the ops that are not among them."""
    names = {name: str(entry["title"]) for name, entry in _table().items()}
    covered = {alias for entry in _table().values() for alias in entry.get("aliases", ())}
    others = [op for op in ops.TABLE.values() if op.is_elementwise and op.name not in names.keys() | covered]
    return names | {op.name: op.derivative_rule(0) for op in others}


def rule_card(name: str) -> RuleCard:
    """The card called `name`, in any of its spellings. Raises UsageError with the nearest names."""
    found = _find(name)
    entry, op = _table().get(found, {}), ops.TABLE.get(found)
    if op and not op.is_elementwise:
        op = None
    equations = _states(entry) if entry else []
    if op:
        equations += _of_op(op, defined=bool(equations))
    low, high = entry.get("span", SPAN)
    return RuleCard(
        found,
        entry.get("title") or rule_names()[found],
        tuple(equations),
        entry.get("says") or (op and op.explanation(0)) or "",
        entry.get("where") or (_where(op) if op else "wherever the derivatives on the right exist"),
        tuple(_derived(part) for part in entry.get("derivations", ())),
        op if op and len(op.partials) == 1 else None,
        (float(low), float(high)),
    )


def _find(name: str) -> str:
    spelled = name.strip().lower().replace("-", "_").replace(" ", "_")
    known = {known: known for known in rule_names()}
    for entry_name, entry in _table().items():
        known |= dict.fromkeys(entry.get("aliases", ()), entry_name)
    for op_name in list(known.values()):
        op = ops.TABLE.get(op_name)
        known |= {alias.lower(): op_name for alias in (op.aliases if op else ())}
    for candidate in (spelled, spelled.removesuffix("_rule")):
        if candidate in known:
            return known[candidate]
    near = get_close_matches(spelled, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "explain --rule list shows all of them."
    raise UsageError(f"there is no rule called {name[:40]!r}.", hint=hint)


def _parsed(text: str, variable: str) -> Expr:
    def change(expr: Expr) -> Expr | None:
        if isinstance(expr, Call) and expr.name == "D":
            return Partial(rewrite(expr.args[0], change), Sym(variable))
        return None

    return rewrite(parse(text, functions=FUNCTIONS), change)


def _states(entry: Mapping[str, Any]) -> list[RuleLine]:
    """The rule as an equation. A letter that is given a meaning is not compared with anything."""
    if "states" not in entry:
        return []
    left, right = (_parsed(side, entry.get("variable", "x")) for side in entry["states"].split(" = "))
    return [RuleLine("", left, right, None if isinstance(left, Sym) else equal(left, right, "+"))]


def _derived(part: Mapping[str, Any]) -> Derived:
    variable, sign = part.get("variable", "x"), part.get("sign", "")
    lines: list[RuleLine] = []
    for text in part["lines"].splitlines():
        rule, _, formula = text.partition(" | ")
        expr = _parsed(formula.strip(), variable)
        if lines:
            lines.append(RuleLine(rule.strip(), None, expr, equal(lines[-1].right, expr, sign)))
        else:
            lines.append(RuleLine("", None, expr, None))
    return Derived(part["title"], tuple(lines))


def _of_op(op: Op, *, defined: bool) -> list[RuleLine]:
    """f(x) and f'(x), or both derivatives of an op of two inputs, as the ops table has them."""
    count = len(op.partials)
    letters = [Sym("x")] if count == 1 else [Sym(letter) for letter in INPUTS[:count]]
    inputs = [FORM.array.scalar(letter) for letter in letters]
    value = Call(op.name, tuple(letters))
    output = FORM.array.scalar(value)
    definition = (op.written or op.forward)(FORM, *inputs).expr
    equations = []
    if not defined and definition != value and len(letters) == 1:
        equations.append(RuleLine("", value, _tidy(definition), equal(value, definition)))
    for letter, partial in zip(letters, op.partials, strict=True):
        slope = _tidy(FORM.array.lift(partial(FORM, output, *inputs)).expr)
        left: Expr = Call(f"{op.name}'", (letter,)) if len(letters) == 1 else Partial(value, letter)
        equations.append(RuleLine("", left, slope, equal(Partial(value, letter), slope)))
    return equations


def _tidy(expr: Expr) -> Expr:
    """`expr` without choices that choose nothing: `0 if x = 0 else 0`."""

    def change(node: Expr) -> Expr | None:
        match node:
            case Call("cases", (condition, a, b)):
                a, b = _tidy(a), _tidy(b)
                return a if a == b else Call("cases", (condition, a, b))
            case _:
                return None

    return rewrite(expr, change)


def _where(op: Op) -> str:
    if op.undefined:
        return f"not where there is no value: {op.undefined}"
    if op.kink:
        return "everywhere but at the kink, where the derivative is a convention"
    return "for all x"
