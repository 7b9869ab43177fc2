"""Cases for every op: shapes, settings and inputs. An elementwise op gets its cases by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.ops.derivatives import CHAIN, Operand, Sent
from backprop_tutor.engine.systems.float64 import FLOAT64

Shape = tuple[int, ...]

BROADCASTING = ((), (3,), (1, 3), (2, 1), (2, 3))

SETTINGS: dict[str, tuple[dict[str, Any], ...]] = {
    "relu": ({}, {"at_zero": Fraction(1, 2)}),
    "leaky_relu": ({}, {"slope": Fraction(1, 5)}),
    "elu": ({}, {"alpha": Fraction(2)}),
}

REDUCTIONS = tuple(
    (shapes, {} if axis is None else {"axis": axis})
    for shapes, axis in (
        (((),), None),
        (((3,),), None),
        (((3,),), 1),
        (((2, 3),), None),
        (((2, 3),), 1),
        (((2, 3),), 2),
        (((2, 3),), (1, 2)),
        (((2, 3, 2),), (1, 3)),
        (((2, 3, 2),), 2),
    )
)
NORMALISED = ((((3,),), {}), (((2, 3),), {}), (((2, 3),), {"axis": 1}), (((2, 2, 3),), {"axis": 2}))
LOSSES = tuple(((z, t), {}) for z, t in product(BROADCASTING, repeat=2) if len(z) >= len(t))

OF_CLASSES = tuple(case for case in LOSSES if case[0][0][-1:] == (3,))


def has_any_outputs(op: Op) -> bool:
    """Whether a loss takes outputs of any shape, also one that has no two classes."""
    return bool(op.loss and not (op.loss.adds_up and op.loss.outputs in ("logits", "logarithms")))


CASES: dict[str, tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...]] = {
    "matmul": tuple(
        (shapes, {})
        for shapes in (
            ((3,), (3,)),
            ((2, 3), (3,)),
            ((3,), (3, 2)),
            ((2, 3), (3, 4)),
            ((1, 3), (3, 1)),
            ((2, 2, 3), (3, 2)),
            ((2, 3), (2, 3, 2)),
            ((2, 2, 3), (2, 3, 2)),
            ((2, 1, 2, 3), (2, 3, 1)),
            ((1, 2, 3), (2, 3, 2)),
            ((3,), (2, 3, 2)),
            ((2, 2, 3), (3,)),
        )
    ),
    "transpose": ((((),), {}), (((3,),), {}), (((2, 3),), {}), (((2, 3, 4),), {})),
    "linear": tuple(
        (shapes, {})
        for shapes in (
            ((4, 3), (2, 3)),
            ((4, 3), (2, 3), (2,)),
            ((1, 3), (2, 3), (2,)),
            ((3,), (2, 3)),
            ((3,), (2, 3), (2,)),
            ((4, 1), (1, 1), (1,)),
            ((2, 3, 2), (3, 2), (3,)),
        )
    ),
    "recurrent": tuple(
        (shapes, {})
        for shapes in (
            ((4, 3), (2, 3), (4, 2), (2, 2)),
            ((4, 3), (2, 3), (2,), (2, 2), (2,)),
            ((1, 1), (2, 1), (2,), (2, 2), (2,)),
        )
    ),
    "reset_recurrent": tuple(
        (shapes, {})
        for shapes in (
            ((4, 3), (2, 3), (4, 2), (4, 2), (2, 2)),
            ((4, 3), (2, 3), (4, 2), (2,), (2, 2), (2,)),
        )
    ),
    "gated_sum": tuple(
        (shapes, {}) for shapes in (((4, 3), (2, 3), (4, 2), (4, 2)), ((4, 3), (2, 3), (4, 2), (2,), (2,)))
    ),
    "cell_state": ((((2, 3), (2, 3), (2, 3), (2, 3)), {}), (((2, 3), (3,), (2, 3), (2, 3)), {})),
    "cell_output": ((((2, 3), (2, 3)), {}),),
    "gated_state": ((((2, 3), (2, 3), (2, 3)), {}), (((2, 3), (2, 3), (3,)), {})),
    "standardized": (
        (((3, 2),), {"axis": 1, "epsilon": Fraction(1, 10)}),
        (((2, 3, 4),), {"axis": (1, 3)}),
        (((3, 2),), {"axis": 2, "centred": 0, "epsilon": Fraction(1, 10)}),
    ),
    "scaled": (
        (((3, 2), (2,), (2,)), {}),
        (((3, 2, 4), (2,), (2,)), {"after": 1}),
        (((3, 2, 2), (2, 2), (2, 2)), {}),
        (((3, 2), (2,)), {}),
    ),
    "dropout": ((((3, 2), (2,)), {"keep": Fraction(1, 2)}), (((3, 2), (3, 2)), {"keep": Fraction(3, 4)})),
    "scores": ((((3, 4), (2, 4)), {}), (((2, 3, 2), (2, 3, 2)), {})),
    **dict.fromkeys(("step_mean", "step_sum"), ((((), (), ()), {}), (((2, 3), (2, 3)), {}))),
    "step_stack": ((((2, 3), (2, 3)), {}), (((1, 2), (1, 2), (1, 2)), {})),
    "softmax": NORMALISED,
    "log_softmax": NORMALISED,
    **{name: LOSSES if has_any_outputs(op) else OF_CLASSES for name, op in ops.TABLE.items() if op.loss},
    **dict.fromkeys(("sum", "mean", "max", "min"), REDUCTIONS),
    **dict.fromkeys(
        ("l2_penalty", "l1_penalty"),
        tuple(
            (shapes, {"weight": weight})
            for shapes, weight in ((((2, 3),), 1), (((3,), (2, 2)), Fraction(1, 4)), (((),), 2))
        ),
    ),
    "reshape": tuple(
        ((old,), {"shape": new})
        for old, new in (
            ((2, 3), (3, 2)),
            ((2, 3), (6,)),
            ((6,), (2, 3)),
            ((3,), (1, 3)),
            ((3,), (3, 1)),
            ((1,), ()),
            ((), (1, 1)),
            ((2, 3, 2), (3, 4)),
        )
    ),
    **dict.fromkeys(("prod", "norm", "logsumexp"), REDUCTIONS),
    "var": (*REDUCTIONS, (((2, 3),), {"axis": 2, "keepdims": 1, "correction": Fraction(1)})),
    "std": tuple(case for case in REDUCTIONS if case[0] != ((),)),
    "where": tuple(
        (shapes, {"relation": relation})
        for relation in ("gt", "lt", "ge", "le", "eq")
        for shapes in (((), (), (), ()), ((3,), (), (3,), (3,)), ((2, 3), (3,), (), (2, 1)))
    ),
    "rows": (
        (((3, 2), (4,)), {}),
        (((3, 2), (2, 2)), {}),
        (((3, 2), ()), {}),
        (((3,), ()), {}),
        (((3,), (2,)), {}),
    ),
    "one_hot": ((((),), {"classes": 3}), (((3,),), {"classes": 3}), (((2, 2),), {"classes": 4})),
    "permute": (
        (((2, 3),), {}),
        (((2, 3),), {"axes": (2, 1)}),
        (((2, 3, 4),), {"axes": (2, 3, 1)}),
        (((2, 1, 2, 3),), {"axes": (1, 3, 2, 4)}),
    ),
    "outer": ((((2,), (3,)), {}), (((1,), (3,)), {})),
    "conv1d": (
        (((5,), (3,)), {}),
        (((5,), (3,), ()), {"stride": 2}),
        (((4,), (2, 1, 2)), {}),
        (((2, 5), (3, 2, 2), (3,)), {"stride": 2, "padding": 1}),
        (((2, 2, 4), (1, 2, 3), (1,)), {"padding": 1}),
    ),
    "conv2d": (
        (((3, 3), (2, 2)), {}),
        (((3, 4), (2, 2), ()), {"stride": 2, "padding": 1}),
        (((3, 3), (2, 1, 2, 2)), {}),
        (((2, 3, 3), (2, 2, 2, 2), (2,)), {}),
        (((1, 4, 5), (1, 1, 3, 2)), {"stride": (2, 1), "padding": (1, 0)}),
        (((2, 1, 3, 3), (2, 1, 2, 2), (2,)), {"padding": 1, "stride": 2}),
    ),
    **dict.fromkeys(
        ("max_pool", "mean_pool"),
        (
            (((4,),), {}),
            (((5,),), {"size": 3, "stride": 1}),
            (((4, 4),), {}),
            (((3, 4),), {"size": (1, 2)}),
            (((3, 3),), {"size": 2, "stride": 1}),
            (((2, 3, 4),), {"size": (3, 2), "stride": (1, 2)}),
            (((2, 1, 2, 4),), {"size": 2}),
        ),
    ),
    "layer_norm": ((((4,), (4,), (4,)), {}), (((2, 3), (3,), (3,)), {}), (((2, 1, 3), (3,), (3,)), {})),
    "rms_norm": ((((4,), (4,)), {}), (((2, 3), (3,)), {"epsilon": Fraction(0)})),
    "batch_norm": (
        (((3,), (), ()), {}),
        (((3, 2), (2,), (2,)), {}),
        (((2, 2, 2), (2,), (2,)), {"epsilon": Fraction(1, 10)}),
        (((2, 2, 1, 2), (2,), (2,)), {}),
    ),
    "concat": (
        (((2,), (3,)), {}),
        (((2, 3), (1, 3)), {"axis": 1}),
        (((2, 3), (2, 2), (2, 1)), {"axis": 2}),
        (((2, 3),), {"axis": 1}),
    ),
    "index": tuple(
        ((shape,), {"key": key})
        for shape, key in (
            ((3,), (2,)),
            ((4, 3), (1,)),
            ((4, 3), (2, 3)),
            ((4, 3), ((2, 3), 1)),
            ((4, 3), ((None, None), (2, None))),
            ((4, 3), (3, (None, 2))),
            ((2, 3, 2), (1, (2, 3))),
            ((9,), ((1, 9, 2),)),
            ((4, 5), ((None, None, 3), (2, 5, 2))),
        )
    ),
}


@dataclass(frozen=True)
class Case:
    op: str
    shapes: tuple[Shape, ...]
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> Op:
        return ops.get(self.op)

    def __str__(self) -> str:
        if self.op == CHAIN:
            (sent,) = self.params["sent"]
            return f"d{Case(sent.op, self.shapes[2:], dict(sent.params))}:{sent.slot}"
        settings = ",".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.op}{'x'.join(map(str, self.shapes))}{settings}".replace(" ", "")

    def inputs(self) -> list[NDArray[np.float64]]:
        """Multiples of 1/1024, the same in every run, off every kink and inside the op's domain."""
        rng = np.random.default_rng(crc32(str(self).encode()))
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        distinct = rng.permutation(np.arange(200, 900, 700 // sum(sizes)))[: sum(sizes)] / 1024
        inner = ops.get(self.params["sent"][0].op) if self.op == CHAIN else self.entry
        if not has_narrow_domain(inner):
            distinct *= 2 * rng.choice((-1, 1), len(distinct))
        parts = np.split(distinct, np.cumsum(sizes)[:-1])
        inputs = [part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True)]
        slot = self.entry.numbers
        if slot is not None:  # whole numbers, which count from 1
            most = self.params.get("classes") or self.shapes[0][0]
            inputs[slot] = rng.integers(1, most + 1, self.shapes[slot]).astype(float)
        return inputs


def has_narrow_domain(op: Op) -> bool:
    """Whether the op is undefined for some ordinary numbers: then its inputs are kept between 0 and 1."""
    return bool(op.undefined) and op.name not in ("div", "exp")


def cases_of(name: str) -> Iterator[Case]:
    op = ops.get(name)
    if name in CASES:
        for shapes, params in CASES[name]:
            yield Case(name, shapes, params)
    elif op.is_elementwise:
        for shapes in product(BROADCASTING, repeat=len(op.partials)):
            for params in SETTINGS.get(name, ({},)):
                yield Case(name, shapes, params)


def backward_rules(case: Case) -> Iterator[Case]:
    """The op that a backward rule is, of upstream gradient, output and inputs, all of them its inputs.

    Not of rules that compare the output with the inputs, or take whole numbers: no number drawn fits.
    """
    if case.op in COMPARING:
        return
    inputs = case.inputs()
    output = np.shape(FLOAT64.finish(case.entry.forward(FLOAT64, *inputs, **case.params)))
    shapes = (output, output, *case.shapes)
    operands = tuple(Operand(number, shape) for number, shape in enumerate(shapes))
    for slot in range(len(inputs)):
        sent = Sent(case.op, slot, operands, tuple(case.params.items()))
        yield Case(CHAIN, shapes, {"sent": (sent,)})


COMPARING = {"max", "min", "max_pool", "where", "rows", "one_hot"}


def some_cases(name: str) -> list[Case]:
    """The first of an op's cases, one in the middle, and the last."""
    cases = list(cases_of(name))
    return [cases[place] for place in sorted({0, len(cases) // 2, len(cases) - 1})] if cases else []


FIRST_ORDER = [case for name in ops.TABLE for case in cases_of(name)]
BY_OUTPUT = ("max", "min")  # their rules ask which inputs the output is, which is then no input of its own
SECOND_ORDER = [
    rule
    for name in ops.TABLE
    if name not in BY_OUTPUT
    for case in some_cases(name)
    for rule in backward_rules(case)
]
ALL_CASES = FIRST_ORDER + SECOND_ORDER
