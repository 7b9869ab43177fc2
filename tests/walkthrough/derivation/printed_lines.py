"""Reads the lines of a derivation back, as they are printed in a notation: in Unicode, in ASCII, in LaTeX.

What is read is what a reader sees: where text leaves the end of a sum unsaid, its letter runs over the axis
on which it stands, and a letter that is bound twice, or that is free at the left, is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.places import combined
from backprop_tutor.language import Style, to_latex, to_text
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Slice, Sum, Sym
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.terms import index_of, walk

LETTER = r"[A-Za-z]\w*"
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
WORD = re.compile("[^\\Wᵀ⁰¹²³⁴⁵⁶⁷⁸⁹]")
SHAPES = ("place", "broadcast", "swapaxes", "concat")
ONE = Num(Fraction(1))


class MisreadError(Exception):
    """The line says nothing, or may say two things."""


@dataclass(frozen=True)
class Script:
    """The signs of one way of printing, as patterns."""

    latex: bool = False
    times: str = r"·"
    hadamard: str = r" ⊙ "
    matmul: str = r" @ "
    open: str = r"\("
    close: str = r"\)"
    total: str = rf"Σ_({LETTER}|{{{LETTER}=1\.\.\w+}}) "
    partial: str = r"∂"
    power: str = r"\^"
    transpose: str = r"ᵀ"
    at_least: str = r" ≥ "
    number: str = r"\d+(?:\.\d+)?(?:e-?\d+)?"


UNICODE = Script()
ASCII = Script(
    times=r"\*(?!\*)",
    hadamard=r" \.\* ",
    total=rf"sum_({LETTER}|{{{LETTER}=1\.\.\w+}})(?=\()",
    partial="d",
    power=r"\*\*",
    transpose=r"\.T(?!\w)",
    at_least=" >= ",
)
LATEX = Script(
    latex=True,
    times=r" \\cdot ",
    hadamard=r" \\odot ",
    matmul=r" \\, ",
    open=r"\\left\(",
    close=r"\\right\)",
    total=rf"\\sum_\{{({LETTER})=1\}}\^\{{",
    partial=r"\\partial ",
    power=r"\^\{",
    transpose=r"\^\{\\top\}",
    at_least=r" \\ge ",
)


@dataclass
class Reader:
    """Reads what `style` prints of quantities that `premises` knows."""

    script: Script
    names: Mapping[str, str]  # the quantities, by what is printed for them
    functions: Mapping[str, str]
    definitions: Definitions
    loss: str
    text: str = ""
    at: int = 0
    bound: list[str] = field(default_factory=list)
    free: Mapping[str, Expr] = field(default_factory=dict)

    def line(self, text: str, free: Mapping[str, Expr]) -> Expr:
        """The expression that `text` says; the letters `free` stand at its left, and run so far. Raises
        MisreadError."""
        text = re.sub(r"\\mathrm\{(\w+)\}=", r"\1=", text)  # the name of an option, upright in LaTeX
        self.text, self.at, self.bound, self.free = text, 0, list(free), free
        expr = self.sum()
        if self.at < len(text):
            raise MisreadError(f"what is {text[self.at :]!r} in {text!r}?")
        return expr

    # What is next

    def sees(self, pattern: str) -> re.Match[str] | None:
        return re.compile(pattern).match(self.text, self.at)

    def takes(self, pattern: str) -> re.Match[str] | None:
        found = self.sees(pattern)
        self.at = found.end() if found else self.at
        return found

    def needs(self, pattern: str) -> None:
        if not self.takes(pattern):
            raise MisreadError(f"no {pattern} at {self.text[self.at :]!r} in {self.text!r}")

    def longest(self, known: Mapping[str, str]) -> str | None:
        """What the longest of the printed names stands for that is next, as a whole word."""
        for name in known:
            after = self.text[self.at + len(name) : self.at + len(name) + 1]
            if self.text.startswith(name, self.at) and not (WORD.match(name[-1]) and WORD.match(after)):
                self.at += len(name)
                return known[name]
        return None

    # The grammar, loosest first

    def sum(self) -> Expr:
        expr = Call("neg", (self.product(),)) if self.takes("-") else self.product()
        while sign := self.takes(r" ([+-]) "):
            expr = Call("add" if sign[1] == "+" else "sub", (expr, self.product()))
        return expr

    def product(self) -> Expr:
        expr, script = self.factor(), self.script
        while True:
            if self.takes(script.times):
                expr = Call("mul", (expr, self.factor()))
            elif self.takes(script.hadamard):
                expr = Call("hadamard", (expr, self.factor()))
            elif self.takes(script.matmul):
                expr = Call("matmul", (expr, self.factor()))
            elif not script.latex and self.takes("/"):
                below = (
                    self.factor() if script is ASCII else self.raised(self.atom())
                )  # where a sum has its end
                expr = Call("div", (expr, below))
            else:
                return expr

    def factor(self) -> Expr:
        if total := self.takes(self.script.total):
            found = self.total(total[1])
            return self.raised(found) if self.script is ASCII else found
        if self.takes("-"):
            return Call("neg", (self.factor(),))
        return self.raised(self.atom())

    def total(self, letter: str) -> Expr:
        """A sum; text says its end where the letter runs over a part of an axis: `Σ_{k=1..2}`."""
        letter, _, end = letter.strip("{}").partition("=1..")
        if letter in self.bound or letter in self.names:
            raise MisreadError(f"the letter {letter} stands for two things in {self.text!r}")
        upper = self.group() if self.script.latex else None
        if end:
            upper = Sym(self.names[end]) if end in self.names else Num(Fraction(end))
        if self.script.latex:
            self.needs(" ")
            if upper == Sym(letter):
                raise MisreadError(f"{letter} runs to itself in {self.text!r}")
        self.bound.append(letter)
        body = self.atom() if self.script is ASCII else self.product()
        self.bound.remove(letter)
        return Sum(letter, upper or self.end(letter, body), body)

    def end(self, letter: str, body: Expr) -> Expr:
        """How far a letter runs: to the end of the axis on which it stands."""
        ends = set[Expr]()
        for part in walk(body):
            if isinstance(part, Call) and part.name == "kronecker" and Sym(letter) in part.args:
                ends |= {self.free[arg.name] for arg in part.args if getattr(arg, "name", "") in self.free}
            places, shape = index_of(part), self.shape(part)
            ends |= {
                self.definitions.size(n) for p, n in zip(places, shape, strict=False) if p == Sym(letter)
            }
        if len(ends) != 1:
            raise MisreadError(f"how far {letter} runs is not said in {self.text!r}: {ends}")
        return ends.pop()

    def shape(self, item: Expr) -> tuple[int, ...]:
        name = item.base.name if isinstance(item, Item) and isinstance(item.base, Sym) else ""
        node = self.definitions.graph.nodes.get(self.definitions.derivatives.get(name, name))
        return node.shape if node else ()

    def raised(self, expr: Expr) -> Expr:
        while True:
            if self.takes(self.script.transpose):
                expr = Call("transpose", (expr,))
            elif digits := self.takes("[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"):
                expr = Call("pow", (expr, Num(Fraction(digits[0].translate(RAISED)))))
            elif self.takes(self.script.power):
                expr = Call("pow", (expr, self.group(opened=True) if self.script.latex else self.factor()))
            else:
                return expr

    def group(self, *, opened: bool = True) -> Expr:
        """What stands in LaTeX's braces, the first of which is read."""
        if not opened:
            self.needs(r"\{")
        expr = self.sum()
        self.needs(r"\}")
        return expr

    def atom(self) -> Expr:
        script = self.script
        if script.latex:
            if self.takes(r"\\frac\{(?=\\partial)"):
                return self.partial_latex()
            if self.takes(r"\\frac\{"):
                above = self.group()
                return Call("div", (above, self.group(opened=False)))
            if self.takes(r"\\sqrt\{"):
                return Call("sqrt", (self.group(),))
            if self.takes(r"\\left\|"):
                inside = self.sum()
                self.needs(r"\\right\|")
                return Call("abs", (inside,))
            if self.takes(r"\\begin\{cases\} "):
                return self.cases_latex()
        if self.takes(script.open):
            return self.fenced()
        if self.takes(r"\["):
            return self.bracket()
        if not script.latex and (partial := self.partial()):
            return partial
        known, start = self.longest(self.names), self.at
        if known is not None:
            return self.item(known)
        if function := self.longest(self.functions):
            prime = "'" if self.takes("'") else ""
            self.needs(script.open)
            return self.call(function + prime)
        if number := self.takes(script.number):
            return Num(Fraction(number[0]))
        raise MisreadError(f"what is {self.text[start:]!r} in {self.text!r}?")

    def fenced(self) -> Expr:
        """A bracket, or `a if c else b` in one."""
        inside = self.sum()
        if not self.script.latex and self.takes(" if "):
            condition = self.relation()
            self.needs(" else ")
            inside = Call("cases", (condition, inside, self.sum()))
        self.needs(self.script.close)
        return inside

    def cases_latex(self) -> Expr:
        first = self.sum()
        self.needs(r" & \\text\{if \} ")
        condition = self.relation()
        self.needs(r" \\\\\{\} ")
        second = self.sum()
        self.needs(r" & \\text\{otherwise\} \\end\{cases\}")
        return Call("cases", (condition, first, second))

    def bracket(self) -> Expr:
        """[k=i], or a condition in brackets."""
        start = self.at
        try:
            first = self.place()
            self.needs("=")
            second = self.place()
            self.needs(r"\]")
        except MisreadError:
            self.at = start
        else:
            return Call("kronecker", (first, second))
        condition = self.relation()
        self.needs(r"\]")
        return Call("indicator", (condition,))

    def relation(self) -> Expr:
        left = self.sum()
        for name, sign in (("gt", " > "), ("eq", " = "), ("ge", self.script.at_least)):
            if self.takes(sign):
                return Call(name, (left, self.sum()))
        raise MisreadError(f"a relation is missing in {self.text!r}")

    def call(self, name: str) -> Expr:
        args, options = list[Expr](), list[tuple[str, Expr]]()
        while not self.takes(self.script.close):
            if args or options:
                self.needs(", ")
            if key := self.takes(r"((?:[a-z]|\\_|_)+)="):
                value = self.sum()
                match value:
                    case Call("div", (Num(a), Num(b))):
                        value = Num(a / b)
                options.append((key[1].replace("\\", ""), value))
            else:
                args.append(self.sum())
        match name, args:
            case "place", [part, Call("rows", (base, numbers))]:
                return Call("place_rows", (part, base, numbers))
        return Call(name, tuple(args), tuple(options))

    # Quantities

    def item(self, name: str) -> Expr:
        node = self.definitions.graph.nodes.get(self.definitions.derivatives.get(name, name))
        if node is None or not node.shape:
            return Sym(name)
        which: list[Any] = []
        if node.batched and self.sees(rf"\(({LETTER}|\d+)\)"):
            self.takes(r"\(")
            which = [self.place()]
            self.takes(r"\)")
        places: list[Any] = []
        if self.takes(r"\["):
            places.append(self.entry())
            while self.takes(","):
                places.append(self.entry())
            self.needs(r"\]")
        if not which and not places:
            return Sym(name)
        match places:
            case [Sym(numbers)] if numbers in self.definitions.graph.nodes and numbers not in self.bound:
                return Call("rows", (Sym(name), places[0]))
        return named(name, node, (*((which or [ONE]) if node.batched else ()), *places))

    def entry(self) -> Any:
        """A place, or a slice: 1:3."""
        ends: list[Any] = [None if self.sees(":") else self.place()]
        while self.takes(":"):
            ends.append(None if self.sees(r"[],:]") else self.place())
        return Slice(*ends) if len(ends) > 1 else ends[0]

    def place(self) -> Any:
        """A number, a letter or a given number, or a sum of such: k+i-1, 2k, ids[p]."""
        terms: dict[Expr, int] = {}
        number, sign = 0, 1
        while True:
            factor = self.takes(r"\d+")
            if self.sees(LETTER):
                letter = self.letter()
                terms[letter] = terms.get(letter, 0) + sign * int(factor[0] if factor else 1)
            elif factor:
                number += sign * int(factor[0])
            else:
                raise MisreadError(f"no place at {self.text[self.at :]!r} in {self.text!r}")
            operator = self.takes("[+-]")
            if not operator:
                return combined(terms, number)
            sign = 1 if operator[0] == "+" else -1

    def letter(self) -> Expr:
        word = self.sees(LETTER)
        if word and word[0] in self.bound:
            self.at = word.end()
            return Sym(word[0])
        plain = {name: name for name in self.names.values()}  # an index is written in no notation
        name = self.longest(self.names) or self.longest(longest_first(plain))
        if name is None:
            raise MisreadError(f"the index at {self.text[self.at :]!r} belongs to no sum in {self.text!r}")
        return self.item(name)

    def quantity(self) -> Expr:
        name = self.longest(self.names)
        if name is None:
            raise MisreadError(f"no quantity at {self.text[self.at :]!r}")
        return self.item(name)

    def partial(self) -> Expr | None:
        """∂J/∂w, or ∂/∂w (…); in ASCII d may begin a name."""
        start, sign = self.at, self.script.partial
        if self.takes(rf"{sign}/{sign}"):
            wrt = self.quantity()
            self.needs(rf" {self.script.open}")
            inside = self.sum()
            self.needs(self.script.close)
            return Partial(inside, wrt)
        if not self.takes(sign):
            return None
        try:
            of = self.quantity()
            self.needs(f"/{sign}")
            return self.derivative(of, self.quantity())
        except MisreadError:
            if self.script is not ASCII:
                raise
            self.at = start
            return None

    def partial_latex(self) -> Expr:
        if self.takes(r"\\partial\}\{\\partial "):
            wrt = self.quantity()
            self.needs(r"\} \\, \\left\(")
            inside = self.sum()
            self.needs(r"\\right\)")
            return Partial(inside, wrt)
        self.needs(r"\\partial ")
        of = self.quantity()
        self.needs(r"\}\{\\partial ")
        wrt = self.quantity()
        self.needs(r"\}")
        return self.derivative(of, wrt)

    def derivative(self, of: Expr, wrt: Expr) -> Expr:
        """∂J/∂w by its name, where it has one; of others the derivative, not carried out."""
        base = wrt.base if isinstance(wrt, Item) else wrt
        name = f"d{self.loss}/d{base.name}" if isinstance(base, Sym) else ""
        if of != Sym(self.loss) or name not in self.definitions.derivatives:
            return Partial(of, wrt)
        return Item(Sym(name), wrt.index, wrt.example) if isinstance(wrt, Item) else Sym(name)


def reader(premises: Premises, style: Style, script: Script) -> Reader:
    """A reader of what `style` prints. Raises MisreadError where two quantities are printed in one way."""
    definitions, show = premises.definitions, to_latex if script.latex else to_text
    nodes = definitions.graph.nodes
    known = [name for name in nodes if nodes[name].role != "constant" and name not in definitions.written_out]
    known += [name for name in definitions.derivatives if name.startswith("delta")]
    known += [*definitions.names.values(), *(["π"] if "π" not in nodes else [])]
    names: dict[str, str] = {}
    for name in known:
        shown = show(Sym(name), style)
        if names.setdefault(shown, name) != name:
            raise MisreadError(f"{shown} is printed for {names[shown]} and for {name}")
    functions = {}
    for op in ops.TABLE.values():
        printed = show(Call(op.name, (ONE, ONE, ONE)), style)
        name = re.split(r"\\left\(|\(", printed)[0]
        functions |= {} if name[0].isdigit() else {name: op.name}
    functions |= {
        name: name
        for name in ("max", "min", "sum", "mean", "reshape", "outer", "wins", *SHAPES, *ops.WHOLE)
        if name not in functions
    }
    if script.latex:
        escaped = {name: name.replace("_", r"\_") for name in functions.values()}
        functions |= {rf"\operatorname{{{escaped[name]}}}": name for name in escaped}
    return Reader(script, longest_first(names), longest_first(functions), definitions, definitions.graph.loss)


def longest_first(known: Mapping[str, str]) -> Mapping[str, str]:
    return {name: known[name] for name in sorted(known, key=len, reverse=True)}
