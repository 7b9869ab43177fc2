"""Formulas with letters: at any place they are the formulas of that element."""

from fractions import Fraction
from itertools import product
from zlib import crc32

import pytest

from backprop_tutor.engine import ops
from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.exact import EXACT, Exact
from backprop_tutor.engine.systems.letters import Lettered, LettersSystem, Unwritable
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Expr, Item, Num, Sum, Sym, children
from backprop_tutor.walkthrough.derivation.spelled_out import Spelling
from backprop_tutor.walkthrough.derivation.terms import substitute

CASES = [
    ("linear", [(3, 2), (4, 2), (4,)], {}),
    ("linear", [(2,), (4, 2)], {}),
    ("matmul", [(2, 3), (3, 4)], {}),
    ("matmul", [(3,), (3, 2)], {}),
    ("matmul", [(2, 3), (3,)], {}),
    ("matmul", [(3,), (3,)], {}),
    ("add", [(3, 2), (2,)], {}),
    ("add", [(3, 2), (3, 1)], {}),
    ("mul", [(3, 2), ()], {}),
    ("transpose", [(3, 2)], {}),
    ("sum", [(3, 2)], {}),
    ("sum", [(3, 2)], {"axis": 1}),
    ("mean", [(3, 2)], {"axis": 2}),
    ("half_mse", [(3, 2), (3, 2)], {}),
    ("mse", [(3, 2), (3, 2)], {}),
    ("half_sse", [(2,), (2,)], {}),
    ("bce", [(2, 1), (2, 1)], {}),
    ("cross_entropy", [(2, 3), (2, 3)], {}),
    ("softmax", [(2, 3)], {"axis": 2}),
    ("log_softmax", [(3,)], {}),
    ("reshape", [(3,)], {"shape": (3, 1)}),
    ("index", [(3, 2)], {"key": (2, (None, None))}),
    ("index", [(3, 2)], {"key": ((None, 2),)}),
]


def numbered(index: tuple[int, ...]) -> tuple[Expr, ...]:
    return tuple(Num(Fraction(place + 1)) for place in index)


def lettered(name: str, shape: tuple[int, ...]) -> Lettered:
    return Lettered(shape, lambda index: Item(Sym(name), index) if index else Sym(name))


def single(name: str, shape: tuple[int, ...]) -> Element:
    return Element(shape, lambda index: Item(Sym(name), numbered(index)) if index else Sym(name))


@pytest.mark.parametrize(("name", "shapes", "params"), CASES)
def test_spelled_out_it_is_the_element(
    name: str, shapes: list[tuple[int, ...]], params: dict[str, object]
) -> None:
    op, named = ops.get(name), list(zip("xyz", shapes, strict=False))
    general = op.forward(LettersSystem(), *(lettered(*leaf) for leaf in named), **params)
    by_element = op.forward(ELEMENT, *(single(*leaf) for leaf in named), **params)
    assert general.shape == by_element.shape
    letters = "abc"[: len(general.shape)]
    formula = general.at(tuple(map(Sym, letters)))
    for index in product(*map(range, general.shape)):
        there = substitute(formula, dict(zip(letters, numbered(index), strict=True)))
        assert value(Spelling({}).expand(there), shapes) == value(by_element.at(index), shapes)


def value(expr: Expr, shapes: list[tuple[int, ...]]) -> object:
    """The value of a formula where every leaf has a number of its own."""

    def lookup(leaf: Sym | Item) -> object:
        if leaf == Sym("N"):
            return EXACT.finish(Fraction(shapes[0][0]))
        return EXACT.finish(Fraction(crc32(to_text(leaf).encode()) % 97, 7))

    return evaluate(expr, _AnyFunctions(), lookup).item()


class _AnyFunctions(Exact):
    """Exact numbers with functions that are anything at all."""

    exp = log = staticmethod(lambda x: x * x + 1)


@pytest.mark.parametrize(
    ("name", "shapes", "params"),
    [
        ("max", [(3,)], {}),
        ("reshape", [(2, 3)], {"shape": (3, 2)}),
        ("concat", [(2,), (2,)], {"axis": 1}),
    ],
)
def test_what_letters_cannot_say(name: str, shapes: list[tuple[int, ...]], params: dict[str, object]) -> None:
    inputs = [lettered("x", shape) for shape in shapes]
    with pytest.raises(Unwritable):
        ops.get(name).forward(LettersSystem(), *inputs, **params).at((Sym("i"), Sym("j")))


def test_the_number_of_examples_has_a_name() -> None:
    system = LettersSystem({5: "N"})
    z, t = (lettered(name, (5, 2)) for name in "zt")
    loss = ops.get("half_mse").forward(system, z, t).at(())
    assert to_text(loss).startswith("(1/(2·N))·Σ_")


def test_every_sum_has_a_letter_of_its_own() -> None:
    a, b, c = (lettered(name, (2, 2)) for name in "abc")
    formula = ((a @ b) @ c).at((Sym("i"), Sym("j")))
    found = [part.index for part in walk(formula) if isinstance(part, Sum)]
    assert len(found) == len(set(found)) == 2


def walk(expr: Expr) -> list[Expr]:
    return [expr, *(inner for part in children(expr) for inner in walk(part))]
