"""Convolutions, pools, norms, choices and reductions against PyTorch: values and gradients, over shapes."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.exact import EXACT
from backprop_tutor.engine.systems.float64 import FLOAT64

torch = pytest.importorskip("torch")
F = torch.nn.functional

Forward = Callable[..., Any]
few = settings(max_examples=40, deadline=None)


def agree(name: str, inputs: list[Any], theirs: Forward, **params: Any) -> None:
    """The op and `theirs` give one value, and one gradient for every input that has one."""
    op = ops.get(name)
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    right = theirs(*tensors)
    arrays = [np.asarray(x, dtype=float) for x in inputs]
    output = FLOAT64.finish(op.forward(FLOAT64, *arrays, **params))
    assert output.shape == tuple(right.shape)
    assert_allclose(output, right.detach().numpy(), rtol=1e-10, atol=1e-12)
    upstream = np.random.default_rng(5).normal(size=output.shape)
    if right.requires_grad:
        right.backward(torch.tensor(upstream))
    for slot, tensor in enumerate(tensors):
        found = FLOAT64.finish(op.vjp(slot)(FLOAT64, upstream, output, *arrays, **params))
        expected = np.zeros(found.shape) if tensor.grad is None else tensor.grad.numpy()
        assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng([seed, *shape]).normal(size=shape)


@few
@given(st.data())
@pytest.mark.parametrize("axes", [1, 2])
def test_convolutions(axes: int, data: st.DataObject) -> None:
    small = st.integers(1, 3)
    examples, channels, kernels = (data.draw(small) for _ in range(3))
    kernel = [data.draw(small) for _ in range(axes)]
    padding = [data.draw(st.integers(0, 2)) for _ in range(axes)]
    stride = [data.draw(small) for _ in range(axes)]
    inputs = [data.draw(st.integers(max(1, k - 2 * p), 6)) for k, p in zip(kernel, padding, strict=True)]
    lead = data.draw(st.sampled_from([(channels,), (examples, channels)]))
    bias = data.draw(st.booleans())
    conv = F.conv1d if axes == 1 else F.conv2d
    arrays = [numbers(*lead, *inputs), numbers(kernels, channels, *kernel)]
    agree(
        f"conv{axes}d",
        arrays + ([numbers(kernels)] if bias else []),
        lambda *tensors: conv(*tensors, stride=tuple(stride), padding=tuple(padding)),
        stride=tuple(stride),
        padding=tuple(padding),
    )


def test_a_plain_image_with_a_plain_kernel_is_one_channel() -> None:
    agree("conv2d", [numbers(4, 5), numbers(2, 3)], lambda x, K: F.conv2d(x[None], K[None, None])[0])
    agree("conv1d", [numbers(5), numbers(2)], lambda x, K: F.conv1d(x[None], K[None, None])[0])


@few
@given(st.data())
@pytest.mark.parametrize("name", ["max_pool", "mean_pool"])
def test_pools_also_where_entries_are_equal(name: str, data: st.DataObject) -> None:
    size = tuple(data.draw(st.integers(1, 3)) for _ in range(2))
    stride = tuple(data.draw(st.integers(1, 3)) for _ in range(2))
    inputs = [data.draw(st.integers(n, 6)) for n in size]
    x = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 3, (2, *inputs)).astype(float)
    pool = F.max_pool2d if name == "max_pool" else F.avg_pool2d
    agree(name, [x], lambda t: pool(t, size, stride), size=size, stride=stride)


def test_pools_have_the_stride_of_their_size_and_of_sequences_one_axis() -> None:
    agree("max_pool", [numbers(2, 7, 9)], lambda t: F.max_pool2d(t, 3), size=3)
    agree("max_pool", [numbers(7)], lambda t: F.max_pool1d(t[None], 2)[0])
    agree("mean_pool", [numbers(2, 8)], lambda t: F.avg_pool1d(t, 2), size=(1, 2))


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)])
def test_norms_over_features(shape: tuple[int, ...]) -> None:
    learned = [numbers(4, seed=1), numbers(4, seed=2)]
    agree("layer_norm", [numbers(*shape), *learned], lambda x, g, b: F.layer_norm(x, (4,), g, b, 1e-5))
    agree("rms_norm", [numbers(*shape), learned[0]], lambda x, g: F.rms_norm(x, (4,), g, 1e-5))


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2), (4, 3, 2, 2)])
def test_batch_norm_over_examples_and_places(shape: tuple[int, ...]) -> None:
    def theirs(x: Any, g: Any, b: Any) -> Any:
        return F.batch_norm(x, None, None, g, b, training=True, eps=0.1)

    inputs = [numbers(*shape), numbers(3, seed=1), numbers(3, seed=2)]
    agree("batch_norm", inputs, theirs, epsilon=Fraction(1, 10))


def test_norms_are_exact_where_they_are_rational() -> None:
    def fractions(*values: int) -> Any:
        return EXACT.finish([Fraction(value) for value in values])

    x, gamma, beta = fractions(1, 7), fractions(2, 2), fractions(0, 1)
    layer, rms = (ops.get(name).forward for name in ("layer_norm", "rms_norm"))
    assert list(layer(EXACT, x, gamma, beta, epsilon=Fraction(0))) == [-2, 3]
    assert list(rms(EXACT, x, gamma, epsilon=Fraction(0))) == [Fraction(2, 5), Fraction(14, 5)]


@pytest.mark.parametrize("relation", ["gt", "lt", "ge", "le", "eq"])
def test_choices(relation: str) -> None:
    a, b = np.array([1.0, 2, 3]), np.array([[2.0], [1.0]])
    agree(
        "where",
        [a, b, numbers(3), numbers(2, 3)],
        lambda a, b, x, y: torch.where(getattr(a, relation)(b), x, y),
        relation=relation,
    )


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("tan", torch.tan),
        ("arctan", torch.arctan),
        ("sinh", torch.sinh),
        ("cosh", torch.cosh),
        ("sign", torch.sign),
        ("stop_gradient", lambda x: x.detach()),
        ("step", lambda x: torch.heaviside(x.detach(), torch.zeros((), dtype=torch.float64))),
        ("var", lambda x: x.var(correction=0)),
        ("std", lambda x: x.std(correction=0)),
        ("prod", torch.prod),
        ("norm", torch.linalg.vector_norm),
        ("logsumexp", lambda x: torch.logsumexp(x, (0, 1))),
    ],
)
def test_functions(name: str, theirs: Forward) -> None:
    agree(name, [numbers(2, 3)], theirs)


def test_functions_where_they_are_delicate() -> None:
    agree("clip", [np.array([-2.0, -1, 0, 2, 3]), -1.0, 2.0], torch.clamp)
    agree("prod", [np.array([[2.0, 0, 3], [0, 0, 5]])], lambda x: x.prod(1), axis=2)
    agree("norm", [np.zeros(3)], torch.linalg.vector_norm)
    agree("logsumexp", [np.array([1000.0, 999.0, -1e4])], lambda x: torch.logsumexp(x, 0))
    agree(
        "var", [numbers(2, 3)], lambda x: x.var(1, keepdim=True), axis=2, keepdims=1, correction=Fraction(1)
    )
    agree("outer", [numbers(2), numbers(3)], torch.outer)
    agree("permute", [numbers(2, 3, 4)], lambda x: x.permute(0, 2, 1), axes=(1, 3, 2))


def test_rows_that_are_picked_twice_add_up() -> None:
    E, ids = numbers(5, 3), np.array([[2, 5], [2, 2]])
    tensor = torch.tensor(E, requires_grad=True)
    F.embedding(torch.tensor(ids - 1), tensor).sum().backward()
    op = ops.get("rows")
    output = op.forward(FLOAT64, E, ids.astype(float))
    assert_allclose(output, E[ids - 1])
    found = op.vjp(0)(FLOAT64, np.ones(output.shape), output, E, ids.astype(float))
    assert_allclose(found, tensor.grad.numpy())
    hot = ops.get("one_hot").forward(FLOAT64, ids.astype(float), classes=5)
    assert_allclose(hot, F.one_hot(torch.tensor(ids - 1), 5).numpy())
