"""Which variable of a program holds which quantity: `dJ_dW1`, `dW1`, `delta1`, `h1[0]` for the first step."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from backprop_tutor.exercise.ledger import Ledger
from backprop_tutor.language.identifiers import identifier
from backprop_tutor.language.step_index import split_step

__all__ = ["Variable", "Variables"]


class Variable(NamedTuple):
    """A variable that holds a whole quantity, or, of a recurrence, one array a step: `step` counts from 1."""

    name: str
    step: int = 0

    def __str__(self) -> str:
        return f"{self.name}[{self.step - 1}]" if self.step else self.name

    def of(self, space: Mapping[str, Any]) -> Any:
        """What it holds in a program's namespace; None where there is nothing."""
        value = space.get(self.name)
        if not self.step or value is None:
            return value
        try:
            return value[self.step - 1] if self.step <= len(value) else None
        except Exception:  # no list of steps, or one of the caller's whose methods may do anything
            return None


class Variables:
    """The names that a quantity of a `ledger` may have; none of them is that of another quantity."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._own = {name: _variable(name, identifier) for name in ledger.lines}
        self._taken = {variable.name for variable in self._own.values()}

    def own(self, quantity: str) -> Variable:
        """The variable that a skeleton gives it: `dJ_dW1`, `h1[0]`."""
        return self._own.get(quantity) or _variable(quantity, identifier)

    def of(self, quantity: str) -> list[Variable]:
        """Its own and the others that are accepted, the one of a skeleton first."""
        own = self.own(quantity)
        one_by_one = [Variable(identifier(quantity))] if own.step else []  # h_1_, as notebooks have it
        others = (own._replace(name=name) for name in _short(quantity, self.ledger.gradient_prefix))
        return list(dict.fromkeys((own, *(v for v in others if v.name not in self._taken), *one_by_one)))

    def names(self) -> list[str]:
        """Every name that is looked for in a program."""
        return list(dict.fromkeys(variable.name for q in self.ledger.lines for variable in self.of(q)))

    def found(self, quantity: str, space: Mapping[str, Any]) -> tuple[Variable, Any]:
        """The first of its variables that is not blank, with what it holds; else its own, and None."""
        for variable in self.of(quantity):
            value = variable.of(space)
            if value is not None and value is not ...:
                return variable, value
        return self.own(quantity), None


def _variable(quantity: str, spelled: Any) -> Variable:
    name, step = split_step(quantity) if quantity.count("<") == 1 else (quantity, "")
    if step == "0":  # the state before the first step is no step
        name, step = _numbered(quantity), ""
    return Variable(unicodedata.normalize("NFKC", spelled(name)), int(step or 0))


def _numbered(quantity: str) -> str:
    """`h0` for `h<0>`, `h0_new` for `h<0>_new`."""
    return quantity.replace("<0>", "0")


def _short(quantity: str, prefix: str) -> Iterator[str]:
    """`dW1` and `grad_W1` for dJ/dW1, `delta1` for dJ/dnet1."""
    name = split_step(_numbered(quantity))[0]
    if quantity.startswith(prefix):
        wrt = name.removeprefix(prefix)
        yield from (identifier(f"d{wrt}"), identifier(f"grad_{wrt}"))
        if wrt.startswith("net"):
            yield identifier(wrt.replace("net", "delta", 1))
