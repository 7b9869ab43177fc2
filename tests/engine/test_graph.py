"""Graphs: order, neighbours, shapes worked out while building, and what does not fit."""

from fractions import Fraction

import pytest
from graphs import circuit

from backprop_tutor.engine.graph import GraphBuilder
from backprop_tutor.engine.source import MAX_FORMULA, Source
from backprop_tutor.errors import ShapeError, UsageError
from backprop_tutor.language.expr import Sym


def diamond() -> GraphBuilder:
    builder = GraphBuilder()
    builder.leaf("x", "given", (3,))
    builder.leaf("w", "parameter", (3,))
    builder.apply("p", "mul", ("w", "x"))
    builder.apply("a", "exp", ("p",))
    builder.apply("b", "mul", ("p", "p"))
    builder.apply("unused", "sin", ("w",))
    builder.apply("c", "matmul", ("a", "b"))
    return builder


def test_a_graph_knows_its_nodes_and_their_neighbours() -> None:
    graph = diamond().build("c")
    assert list(graph.nodes) == ["x", "w", "p", "a", "b", "unused", "c"]
    assert graph.parameters == ["w"]
    assert graph.named("given", "loss") == ["x", "c"]
    assert graph.consumers["p"] == [("a", 0), ("b", 0), ("b", 1)]
    assert graph.consumers["c"] == []
    assert graph.downstream(["p"]) == {"p", "a", "b", "c"}
    assert graph.downstream(["x", "unused"]) == {"x", "p", "a", "b", "c", "unused"}
    assert graph.upstream("b") == {"b", "p", "w", "x"}
    assert graph.upstream("x") == {"x"}
    assert graph.between(["w"]) == {"w", "p", "a", "b", "c"}
    assert graph.between(["x"], "b") == {"x", "p", "b"}
    assert graph.between(["unused"]) == set()
    assert graph.size == 6 * 3 + 1


def test_building_makes_the_loss_a_loss() -> None:
    graph = diamond().build("c")
    loss = graph.nodes["c"]
    assert (loss.role, loss.op, loss.parents, loss.shape, loss.size) == ("loss", "matmul", ("a", "b"), (), 1)
    assert graph.nodes["a"].role == "forward"


def test_equal_numbers_share_a_node() -> None:
    builder = GraphBuilder()
    assert builder.constant(Fraction(1, 2)) == builder.constant(Fraction(2, 4))
    assert builder.constant(Fraction(1)) != builder.constant(Fraction(-1))
    assert [node.value for node in builder.nodes.values()] == [Fraction(1, 2), 1, -1]


def test_a_loss_is_one_number() -> None:
    with pytest.raises(ShapeError, match=r"the loss a must be one number, but its shape is \(3,\)") as caught:
        diamond().build("a")
    assert "sum(a)" in caught.value.hint


A, B, C = (2, 3), (4, 3), ()


@pytest.mark.parametrize(
    ("op", "shapes", "settings", "said"),
    [
        ("add", (A, B), {}, "y: the shapes (2, 3) and (4, 3) do not fit together"),
        ("pow", ((3,), (2,)), {}, "y: the shapes (3,) and (2,) do not fit together"),
        ("mse", (A, B), {}, "y: the shapes (4, 3) and (2, 3) do not fit together"),
        ("matmul", (A, B), {}, "y: the shapes (2, 3) and (4, 3) do not fit @: 3 columns meet 4 rows"),
        ("matmul", (A, C), {}, "y: @ needs arrays, and here it stands beside one number"),
        ("matmul", ((2, 2, 3), (3, 3, 2)), {}, "y: the shapes (2,) and (3,) do not fit together"),
        ("linear", (A, (5, 4)), {}, "y: the shapes (2, 3), (5, 4) are not those of a layer"),
        ("linear", (A, B, (3,)), {}, "y: the shapes (2, 3), (4, 3), (3,) are not those of a layer"),
        ("linear", (A, (3,)), {}, "y: the shapes (2, 3), (3,) are not those of a layer"),
        ("linear", ((2, 2, 4), A), {}, "y: the shapes (2, 2, 4), (2, 3) are not those of a layer"),
        ("reshape", (A,), {"shape": (4, 2)}, "y: 6 numbers of shape (2, 3) cannot be arranged in"),
        ("reshape", (A,), {"shape": (-1,)}, "y: a shape is made of whole numbers from 1"),
        ("reshape", (A,), {"shape": (Fraction(3, 2), 4)}, "y: a shape is made of whole numbers from 1"),
        ("sum", (A,), {"axis": 3}, "y: axis 3 does not exist on the shape (2, 3)"),
        ("mean", (A,), {"axis": 0}, "y: axis 0 does not exist on the shape (2, 3)"),
        ("max", (A,), {"axis": (1, 1)}, "y: axis 1 is given twice on the shape (2, 3)"),
        ("min", (A,), {"axis": Fraction(3, 2)}, "y: axis 3/2 does not exist on the shape (2, 3)"),
        ("softmax", (A,), {"axis": 3}, "y: axis 3 does not exist on the shape (2, 3)"),
        ("log_softmax", (C,), {}, "y: axis 0 does not exist on the shape ()"),
        ("concat", (A, B), {"axis": 2}, "y: the shapes (2, 3) and (4, 3) cannot be joined along axis 2"),
        ("concat", (A, (2,)), {"axis": 2}, "y: the shapes (2, 3) and (2,) cannot be joined along axis 2"),
        ("concat", ((3,), C), {}, "y: the shapes (3,) and () cannot be joined along axis 1"),
        ("concat", (A, A), {"axis": 3}, "y: axis 3 does not exist on the shape (2, 3)"),
        ("concat", (A, A), {"axis": (1,)}, "y: concat joins along one axis"),
        ("index", (A,), {"key": (3,)}, "y: index 3 is out of range on axis 1 of the shape (2, 3)"),
        ("index", (A,), {"key": (1, (2, 4))}, "y: index 4 is out of range on axis 2 of the shape (2, 3)"),
        ("index", (A,), {"key": (1, 1, 1)}, "y: 3 indices are too many for the shape (2, 3)"),
        ("index", (A,), {"key": ((3, None),)}, "y: its shape (0, 3) holds no number at all"),
    ],
)
def test_what_does_not_fit_is_said_with_the_node_and_the_shapes(
    op: str, shapes: tuple[tuple[int, ...], ...], settings: dict[str, object], said: str
) -> None:
    leaves = {f"x{slot}": shape for slot, shape in enumerate(shapes)}
    with pytest.raises(ShapeError) as caught:
        circuit(leaves, {"y": (op, *leaves, settings), "J": ("sum", "y")})
    assert caught.value.what.startswith(said)


def test_an_unknown_op_is_named() -> None:
    with pytest.raises(UsageError, match="there is no op called 'sigmod'"):
        circuit({"x": ()}, {"J": ("sigmod", "x")})


def test_a_graph_holds_a_limited_number_of_elements() -> None:
    builder = GraphBuilder(max_elements=20)
    builder.leaf("x", "given", (3, 4))
    with pytest.raises(
        ShapeError, match=r"W: with its shape \(3, 3\) the exercise holds 21 numbers"
    ) as caught:
        builder.leaf("W", "parameter", (3, 3))
    assert "limit is 20" in caught.value.what
    assert "--max-elements" in caught.value.hint


def test_the_limit_holds_for_what_broadcasting_makes() -> None:
    builder = GraphBuilder()
    builder.leaf("x", "given", (4000, 1))
    builder.leaf("y", "given", (4000,))
    with pytest.raises(ShapeError, match=r"z: with its shape \(4000, 4000\) the exercise holds 16,008,000"):
        builder.apply("z", "mul", ("x", "y"))


def test_a_long_formula_is_cut_to_its_bound() -> None:
    assert Source("f", Sym("a" * MAX_FORMULA)).text == "a" * MAX_FORMULA
    assert Source("f", Sym("a" * (MAX_FORMULA + 1))).text == "a" * (MAX_FORMULA - 1) + "…"
