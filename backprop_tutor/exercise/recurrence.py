"""Recurrences: formulas that are written once for every step, `h<s>: tanh(W @ h<s-1>)`, as one a step."""

import re
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym, leaves, rewrite
from backprop_tutor.language.step_index import STEP, split_step, stepped, without_step
from backprop_tutor.language.tokens import plain

__all__ = ["Recurrences", "StepFormula", "spelled", "uses"]

_STEPPED = re.compile(rf"[^\W\d]\w*(?:{STEP})")


class StepFormula(NamedTuple):
    """A formula of one step, and the `line` of the file that it comes from."""

    line: str
    expr: Expr


class Recurrences:
    """The steps of a graph in its file, counted by letters: `{s: 3}`."""

    def __init__(self, sections: Mapping[str, Collection[str]], steps: Mapping[str, int]) -> None:
        """`sections` has the names under `given`, `parameters` and `compute`; `steps` says how many steps a
        letter counts."""
        self.sections = sections
        self.steps = steps
        self.names = frozenset(name for section in sections.values() for name in section)

    @cached_property
    def bases(self) -> frozenset[str]:
        """The names that have a step behind them."""
        return frozenset(base for base, step in map(split_step, self.names) if step)

    @property
    def functions(self) -> dict[str, str]:
        """The sums over steps, by their spelling."""
        return {name: name for name in map("sum<{}>".format, self.steps)}

    def words(self, text: str) -> set[str]:
        """What a formula may name beside the names of the file: steps of theirs, and the letters of steps."""
        spaceless = re.sub(r"\s+", "", plain(text))
        return {*self.steps, *(w for w in _STEPPED.findall(spaceless) if without_step(w) in self.bases)}

    def letter(self, line: str) -> str:
        """The letter that counts the steps of a line such as `h<s>`, "" of a line for itself."""
        step = split_step(line)[1]
        return step if step in self.steps else ""

    def check(self, report: FaultReport) -> None:
        """Faults of the letters, and of lines whose step is not one of them."""
        for letter in self.steps:
            if len(letter) != 1 or not letter.isalpha():
                report.add(("graph", "sequence", letter), f"`{letter}` cannot count steps.",
                           "Take one letter, as in sequence: {s: 3}.", key=True)  # fmt: skip
            elif letter in self.names:
                report.add(("graph", "sequence", letter), f"the name {letter} is already used.",
                           "Count the steps with another letter.", key=True)  # fmt: skip
        for section, names in self.sections.items():
            for name in names:
                step = split_step(name)[1]
                if not step or re.fullmatch(r"-?\d+", step) or (section == "compute" and step in self.steps):
                    continue
                base = without_step(name)
                counted = next(iter(self.steps), "s")
                if section != "compute":
                    what, hint = (
                        f"{name} is given for no certain step.",
                        f"Write its number, as in {base}<0>.",
                    )
                elif step[0] in self.steps:
                    what, hint = f"{name} is not how a recurrence begins.", f"Write {base}<{step[0]}>."
                else:
                    what = f"{name}: there are no steps called {step[0]}."
                    hint = f"Write {base}<{counted}>, and under `graph` a line sequence: {{{counted}: 3}}."
                report.add(("graph", section, name), what, hint, key=True)

    def count(self, lines: Mapping[str, Expr]) -> int:
        """How many formulas the lines are, each sum over steps counted by its terms."""
        return sum(self.steps.get(self.letter(line), 1) * self._terms(expr) for line, expr in lines.items())

    def _terms(self, expr: Expr) -> int:
        if isinstance(expr, Call):
            own = max(1, sum(map(self._terms, expr.args)))
            return own * self.steps.get(split_step(expr.name)[1], 1)
        return 1

    def unrolled(self, lines: Mapping[str, Expr], report: FaultReport) -> dict[str, StepFormula]:
        """One formula a step, by name. What is written for a certain step, or given, goes before what is
        written for all."""
        found: dict[str, StepFormula] = {}
        for line, expr in lines.items():
            letter = self.letter(line)
            for number in range(1, self.steps[letter] + 1) if letter else (0,):
                name = stepped(line, letter, number)
                if name == line or name not in self.names:
                    found[name] = StepFormula(line, self.at(expr, {letter: number} if letter else {}))
        for line, missing, name in self._missing(found):
            base, where = without_step(missing), f" at {name}" if name != line else ""
            if missing in self.steps:
                what = f"{line}: it is not said at which step {missing} is meant."
                hint = f"Call it {without_step(line)}<{missing}>, or add up the steps: sum<{missing}>( )."
            elif (step := split_step(missing)[1]) and not re.fullmatch(r"-?\d+", step):
                what = f"{line}: it is not said which step {missing} is."
                hint = f"Call the line {without_step(line)}<{step[0]}>, or write a number: {base}<1>."
            else:
                what = f"{line}: {missing} is needed{where}, and there is none."
                hint = f"Give {missing} under `given` or `parameters`, or look at other steps."
            report.add(("graph", "compute", line), what, hint)
        return found

    def _missing(self, found: Mapping[str, StepFormula]) -> Iterator[tuple[str, str, str]]:
        """Lines with the first name that one of their steps uses and that is not there, and that step."""
        known = {*self.sections["given"], *self.sections["parameters"], *found}
        read = {formula.line for formula in found.values()}
        unread = {without_step(line) for line in self.sections["compute"] if line not in read}
        told: set[str] = set()
        for name, formula in found.items():
            used = (used for used in uses(formula.expr) if used not in known)
            first = next((one for one in used if without_step(one) not in unread), "")
            if first and formula.line not in told:
                told.add(formula.line)
                yield formula.line, first, name

    def at(self, expr: Expr, numbers: Mapping[str, int]) -> Expr:
        """`expr` with each letter of `numbers` at its step, and sums over steps written out."""

        def change(part: Expr) -> Expr | None:
            match part:
                case Sym(name) if name in numbers:
                    return Num(Fraction(numbers[name]))
                case Sym(name):
                    return Sym(self._named(name, numbers))
                case Item(Sym(name), index, example):
                    places = tuple(_place(place, numbers) for place in index)
                    return Item(Sym(self._named(name, numbers)), places, example)
                case Item(base, index, example):
                    return Item(self.at(base, numbers), tuple(_place(p, numbers) for p in index), example)
                case Call(function, args) if function in self.functions:
                    letter = split_step(function)[1]
                    steps = range(1, self.steps[letter] + 1)
                    terms = (self.at(arg, {**numbers, letter: s}) for s in steps for arg in args)
                    return Call(ops.STEP_SUM, tuple(terms))
            return None

        return rewrite(expr, change)

    def _named(self, name: str, numbers: Mapping[str, int]) -> str:
        for letter, number in numbers.items():
            name = stepped(name, letter, number)
        return name


def _place(place: Expr | Slice, numbers: Mapping[str, int]) -> Expr | Slice:
    """An index with a letter in it, such as [s-1], as a number."""
    match place:
        case Sym(letter) if letter in numbers:
            return Num(Fraction(numbers[letter]))
        case Call("add" | "sub" as sign, (Sym(letter), Num(shift))) if letter in numbers:
            return Num(Fraction(numbers[letter]) + (shift if sign == "add" else -shift))
        case Slice(start, stop):
            ends = (end if end is None else _place(end, numbers) for end in (start, stop))
            return Slice(*ends)  # type: ignore[arg-type]
        case _:
            return place


def spelled(expr: Expr) -> Expr:
    """`expr` with its sums over steps as sums."""

    def change(part: Expr) -> Expr | None:
        is_sum = isinstance(part, Call) and part.name == ops.STEP_SUM
        return Call("add", tuple(map(spelled, part.args))) if is_sum else None  # type: ignore[union-attr]

    return rewrite(expr, change)


def uses(expr: Expr) -> Iterator[str]:
    """The names that `expr` refers to, left to right."""
    for leaf in leaves(expr):
        if isinstance(leaf, Sym):
            yield leaf.name
        elif isinstance(leaf, Item):
            yield from uses(leaf.base)
            yield from (place.name for place in leaf.index if isinstance(place, Sym))
