"""The sum over paths: every route once, the largest first, and the whole equal to the gradient."""

import time
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.engine.graph import GraphBuilder
from backprop_tutor.errors import ProofError
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import to_text
from backprop_tutor.walkthrough import Solution, path_web, paths
from backprop_tutor.walkthrough.path_web import PathElement
from backprop_tutor.walkthrough.paths import find_paths

J = PathElement("J", ())


PARAMETERS = "{a: 2, b: 3, v: [1, 2, 3], A: [[1, 2], [3, 4]], u: [5, 6]}"


def circuit(compute: str, parameters: str = PARAMETERS) -> Solution:
    """`compute` holds formulas such as `y = a + b; J = y*a`."""
    formulas = "".join("    {}: '{}'\n".format(*line.split(" = ")) for line in compute.split("; "))
    return solve(loads(f"title: c\ngraph:\n  parameters: {parameters}\n  compute:\n{formulas}  loss: J\n"))


def names(solution: Solution, of: PathElement, wrt: PathElement) -> list[str]:
    found = find_paths(solution, of, wrt)
    return [" ".join(to_text(found.name(place)) for place in path.places) for path in found.shown]


def test_the_path_of_the_design() -> None:
    found = find_paths(solve(load("exercise1")), J, PathElement("W1", (0, 0)))
    (path,) = found.shown
    assert [place.node for place in path.places] == ["J", "z", "net2", "h1", "net1", "W1"]
    assert [factor.value for factor in path.factors] == [-1, 1, 1, 1, 1]
    assert [to_text(found.formula(factor)) for factor in path.factors] == [
        "-(1/N)·(t[1] - z[1])",
        "1",
        "W2[1,1]",
        "relu'(net1[1])",
        "x[1]",
    ]
    assert (path.product, path.exact, found.exact, found.count) == (-1, -1, Fraction(-1), 1)


@pytest.mark.parametrize("name", shipped_names())
def test_the_paths_add_up_in_every_shipped_exercise(name: str) -> None:
    solution = solve(load(name))
    loss = PathElement(solution.graph.loss, ())
    for node in solution.graph.nodes.values():
        if node.role in ("given", "parameter") and node.name in solution.graph.upstream(loss.node):
            index = tuple(size - 1 for size in node.shape)
            found = find_paths(solution, loss, PathElement(node.name, index), limit=100_000)
            assert found.left_out == 0
            assert sum(path.product for path in found.shown) == pytest.approx(
                float(solution.first.gradient(node.name)[index]), abs=1e-12
            )


@pytest.mark.parametrize(
    ("compute", "wrt", "expected"),
    [
        ("J = a*b", PathElement("a", ()), ["J a"]),
        ("J = a*a", PathElement("a", ()), ["J a"]),  # two slots, one path: 2a
        ("y = a + b; J = y*a", PathElement("a", ()), ["J a", "J y a"]),
        ("J = sum(v)", PathElement("v", (1,)), ["J v[2]"]),
        ("y = v[2:3]; J = sum(y)", PathElement("v", (0,)), []),
        ("y = v[2:3]; J = sum(y)", PathElement("v", (1,)), ["J y[1] v[2]"]),
        ("y = A @ u; J = sum(y)", PathElement("u", (0,)), ["J y[1] u[1]", "J y[2] u[1]"]),
        ("y = u @ A; J = sum(y)", PathElement("A", (0, 1)), ["J y[2] A[1,2]"]),
        ("y = A @ A; J = y[1,1]", PathElement("A", (0, 1)), ["J y[1,1] A[1,2]"]),
        ("y = A @ A; J = y[1,1]", PathElement("A", (1, 1)), []),
        ("y = a*v; J = sum(y)", PathElement("a", ()), ["J y[1] a", "J y[2] a", "J y[3] a"]),
        ("y = softmax(v); J = y[1]", PathElement("v", (2,)), ["J y[1] v[3]"]),
        ("y = relu(-v); J = sum(y)", PathElement("v", (0,)), ["J y[1] v[1]"]),  # off, but still a path
        ("y = max(v); J = y*a", PathElement("v", (0,)), ["J y v[1]"]),
        ("y = A.T; J = y[1,2]", PathElement("A", (1, 0)), ["J y[1,2] A[2,1]"]),
        ("y = concat(u, v); J = y[3]", PathElement("v", (0,)), ["J y[3] v[1]"]),
        ("y = maximum(a, b); J = y*b", PathElement("a", ()), ["J y a"]),
        ("y = a + 0; J = y^2", PathElement("b", ()), []),
    ],
)
def test_the_routes(compute: str, wrt: PathElement, expected: list[str]) -> None:
    assert sorted(names(circuit(compute), J, wrt)) == expected


def test_two_slots_add_up_on_one_path() -> None:
    (path,) = find_paths(circuit("J = a*a"), J, PathElement("a", ())).shown
    assert (path.product, path.exact) == (4, 4)


def test_between_two_nodes() -> None:
    solution = solve(load("exercise1"))
    found = find_paths(solution, PathElement("z", (0, 0)), PathElement("W1", (0, 0)))
    assert (found.total, found.count) == (1, 1)
    assert find_paths(solution, PathElement("net1", (0, 0)), PathElement("z", (0, 0))).count == 0
    assert find_paths(solution, J, J).total == 1


def enumerated(sizes: list[int], solution: Solution, weight: tuple[int, int]) -> list[float]:
    """Every product from J to a weight of the first of several linear layers, the slow way."""
    values = solution.first.values
    weights = [values[f"W{k + 1}"] for k in range(len(sizes) - 1)]
    slope = solution.first.gradient("z")[0]
    found = []
    for units in product(*(range(size) for size in sizes[2:])):
        chain = (weight[0], *units)
        factors = [weights[k + 1][chain[k + 1], chain[k]] for k in range(len(units))]
        found.append(slope[units[-1]] * np.prod(factors) * values["x"][0, weight[1]])
    return found


def network(sizes: list[int], activation: str = "identity", examples: int = 1) -> Solution:
    rng = np.random.default_rng(7)
    builder = GraphBuilder(max_elements=10**8)
    values = {"x": rng.normal(size=(examples, sizes[0])), "t": rng.normal(size=(examples, sizes[-1]))}
    builder.leaf("x", "given", values["x"].shape, ("example", "input"))
    builder.leaf("t", "given", values["t"].shape, ("example", "unit"))
    signal = "x"
    for number, (before, units) in enumerate(pairwise(sizes), 1):
        values[f"W{number}"] = rng.normal(size=(units, before)) / before**0.5
        builder.leaf(f"W{number}", "parameter", (units, before), ("unit", "input"))
        axes = ("example", "unit")
        net = builder.apply(f"net{number}", "linear", (signal, f"W{number}"), axes=axes)
        name = "z" if number == len(sizes) - 1 else f"h{number}"
        signal = builder.apply(name, activation, (net,), axes=axes)
    exact = {name: np.vectorize(Fraction, otypes=[object])(array) for name, array in values.items()}
    small = sum(array.size for array in values.values()) < 10_000
    graph = builder.build(builder.apply("J", "half_mse", (signal, "t")))
    return solve(Exercise(name="w", title="w", graph=graph, values=exact if small else values))


def test_the_largest_few_are_the_largest() -> None:
    sizes = [3, 4, 3, 5, 2]
    solution = network(sizes)
    every = sorted(enumerated(sizes, solution, (1, 2)), key=abs, reverse=True)
    found = find_paths(solution, J, PathElement("W1", (1, 2)), limit=10)
    assert found.count == len(every) == 3 * 5 * 2
    assert [path.product for path in found.shown] == pytest.approx(every[:10])
    assert found.remainder == pytest.approx(sum(every[10:]))
    assert found.left_out == 20


def test_a_wide_network_is_quick() -> None:
    solution = network([784, 256, 256, 10], "relu", examples=2)
    assert solution.first.gradient("W1").any()
    started = time.perf_counter()
    found = find_paths(solution, J, PathElement("W1", (2, 3)))
    assert found.count == 2 * 256 * 10
    assert time.perf_counter() - started < 1


def test_a_deep_network_neither_recurses_nor_enumerates() -> None:
    found = find_paths(network([2] * 1001), J, PathElement("W1", (0, 0)))
    assert found.count == 2**999
    assert len(found.shown) == paths.DEFAULT_LIMIT
    assert len(found.shown[0].places) == 2002
    sizes = [abs(path.product) for path in found.shown]
    assert sizes == sorted(sizes, reverse=True)


def test_a_network_that_is_switched_off_lists_paths_that_are_zero() -> None:
    parameters = "{w: [-1, -1], A: [[1, 1], [1, 1]]}"
    layers = "; ".join(f"a{k} = relu(A @ a{k - 1})" for k in range(1, 60))
    solution = circuit(f"a0 = relu(w); {layers}; J = sum(a59)", parameters)
    found = find_paths(solution, J, PathElement("w", (0,)))
    assert found.count == 2**59
    assert {path.exact for path in found.shown} == {0}
    assert found.exact == 0


def test_a_sum_that_is_wrong_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    real = path_web.edges

    def without_the_last(*args: object) -> list[path_web.Edges]:
        return real(*args)[:-1] or real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(path_web, "edges", without_the_last)
    with pytest.raises(ProofError, match="paths add up to"):
        find_paths(circuit("y = a + b; J = y*a"), J, PathElement("a", ()))


def test_paths_lead_from_name_to_name() -> None:
    """What goes through parts of formulas that nobody named is one factor, with the value of all routes."""
    solution = circuit("y = tanh(A @ u) @ (A @ u); J = y*a")
    found = find_paths(solution, J, PathElement("A", (0, 1)))
    (path,) = found.shown
    assert [place.node for place in path.places] == ["J", "y", "A"]
    assert to_text(found.formula(path.factors[0])) == "a"
    assert to_text(found.formula(path.factors[1])) == "∂y/∂A[1,2]"
    (entry,) = [17.0]
    slope = 6 * (np.tanh(entry) + entry * (1 - np.tanh(entry) ** 2))
    assert path.factors[1].value == pytest.approx(slope)
    squares = circuit("J = sum((v - a) ** 2)")
    (path,) = find_paths(squares, J, PathElement("v", (2,))).shown
    assert [place.node for place in path.places] == ["J", "v"]
    assert path.exact == Fraction(2)
