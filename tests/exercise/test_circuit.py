from fractions import Fraction

import pytest
from sample_files import GRAPH, faults_of, spoiled

from backprop_tutor.engine.graph import Graph
from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise.load import loads

FORMULA = "f: q * w"


def graph_of(formulas: str, **more: str) -> Graph:
    return loads(spoiled(GRAPH, (FORMULA, formulas.replace("\n", "\n    ")))).graph


def ops_of(formula: str) -> dict[str, tuple[str, tuple[str, ...], dict[str, object]]]:
    """The nodes that `f: formula` adds: op, parents and settings by name."""
    nodes = graph_of(f"f: {formula}").nodes.values()
    return {n.name: (n.op, n.parents, dict(n.params)) for n in nodes if n.op and n.name != "q"}


def test_a_graph_has_its_leaves_and_one_node_a_formula() -> None:
    exercise = loads(GRAPH)
    nodes = exercise.graph.nodes
    assert [(n.name, n.role) for n in nodes.values()][:5] == [
        ("x", "given"),
        ("y", "given"),
        ("v", "given"),
        ("M", "given"),
        ("w", "parameter"),
    ]
    assert (nodes["f"].role, nodes["f"].op, nodes["f"].parents) == ("loss", "mul", ("q", "w"))
    assert exercise.layers is None
    assert exercise.values["x"] == -2


@pytest.mark.parametrize(
    ("formula", "nodes"),
    [
        ("q - w", {"f": ("sub", ("q", "w"), {})}),
        ("q / w", {"f": ("div", ("q", "w"), {})}),
        ("-q", {"f": ("neg", ("q",), {})}),
        ("q ** 2", {"f": ("pow", ("q", "2"), {})}),
        ("q ^ (1/2)", {"f": ("pow", ("q", "1/2"), {})}),
        ("q + -2", {"f": ("add", ("q", "-2"), {})}),
        ("2q", {"f": ("mul", ("2", "q"), {})}),
        ("q", {"f": ("identity", ("q",), {})}),
        ("0.5", {"f": ("identity", ("1/2",), {})}),
        ("v @ v", {"f": ("matmul", ("v", "v"), {})}),
        ("x + y + w", {"f_1": ("add", ("x", "y"), {}), "f": ("add", ("f_1", "w"), {})}),
        ("x * (y + w)", {"f_1": ("add", ("y", "w"), {}), "f": ("mul", ("x", "f_1"), {})}),
        ("sigmoid(x * w)", {"f_1": ("mul", ("x", "w"), {}), "f": ("sigmoid", ("f_1",), {})}),
        ("max(x, y)", {"f": ("maximum", ("x", "y"), {})}),
        ("min(x, y, w)", {"f_1": ("minimum", ("x", "y"), {}), "f": ("minimum", ("f_1", "w"), {})}),
        ("max(v)", {"f": ("max", ("v",), {})}),
        ("max(v, axis=1)", {"f": ("max", ("v",), {"axis": 1})}),
        ("sum(M, axis=[1, 2])", {"f": ("sum", ("M",), {"axis": (1, 2)})}),
        ("v[2]", {"f": ("index", ("v",), {"key": (2,)})}),
        ("M[1,2]", {"f": ("index", ("M",), {"key": (1, 2)})}),
        ("sum(M[1:2,2])", {"f_1": ("index", ("M",), {"key": ((1, 2), 2)}), "f": ("sum", ("f_1",), {})}),
        (
            "sum(M[:,2:])",
            {"f_1": ("index", ("M",), {"key": ((None, None), (2, None))}), "f": ("sum", ("f_1",), {})},
        ),
        ("sum(M.T)", {"f_1": ("transpose", ("M",), {}), "f": ("sum", ("f_1",), {})}),
        (
            "sum(reshape(M, 1, 4))",
            {"f_1": ("reshape", ("M",), {"shape": (1, 4)}), "f": ("sum", ("f_1",), {})},
        ),
        ("sum(concat(v, v))", {"f_1": ("concat", ("v", "v"), {}), "f": ("sum", ("f_1",), {})}),
        (
            "sum(concat(M, M, axis=2))",
            {"f_1": ("concat", ("M", "M"), {"axis": 2}), "f": ("sum", ("f_1",), {})},
        ),
        ("leaky_relu(x, slope=1/10)", {"f": ("leaky_relu", ("x",), {"slope": Fraction(1, 10)})}),
        ("relu(x)", {"f": ("relu", ("x",), {})}),
    ],
)
def test_a_formula_becomes_one_op_a_node(formula: str, nodes: dict[str, object]) -> None:
    assert ops_of(formula) == nodes


def test_inner_nodes_avoid_the_names_in_use() -> None:
    assert list(graph_of("f_1: x\nf: f_1 + x * y").nodes)[-3:] == ["f_1", "f_2", "f"]
    assert list(graph_of("f: x * y + z_1\nz_1: x").nodes)[-3:] == ["z_1", "f_1", "f"]


def test_equal_literals_share_a_node() -> None:
    assert "1/2" in graph_of("f: 0.5 * x + 1/2").nodes


def test_formulas_may_stand_in_any_order() -> None:
    graph = graph_of("f: a + b\nb: a * x\na: q * w")
    assert list(graph.nodes)[-4:] == ["q", "a", "b", "f"]


def test_the_derivative_of_relu_at_zero_holds_in_graphs_too() -> None:
    text = spoiled(GRAPH, (FORMULA, "f: relu(q) + relu(w, at_zero=1)")) + "relu_at_zero: 1/2\n"
    nodes = loads(text).graph.nodes
    assert [node.params for node in nodes.values() if node.op == "relu"] == [
        {"at_zero": Fraction(1, 2)},
        {"at_zero": 1},
    ]


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ("f: qq + w", "7:8: f: qq is not a quantity of this exercise."),
        ("f: 'w + zeta'", "7:13: f: zeta is not a quantity"),
        (
            "f: sigmod(q)",
            "7:8: f: sigmod is neither a function nor a quantity of this exercise. Did you mean sigmoid?",
        ),
        ("f: q +* w", "7:11: f: Here a value is expected, not *."),
        ("f: (q", "7:10: f: This ends too early: ) is missing."),
        ("f: q $ w", "7:10: f: The character $"),
        ("f: f + 1", "7:8: a cycle: f → f (each uses the next)."),
        ("f: g\n    g: h\n    h: g + 1", "8:8: a cycle: g → h → g (each uses the next)."),
        ("f: M @ M + q", "8:9: the loss f must be one number, but its shape is (2, 2)."),
        ("f: v", "the loss f must be one number, but its shape is (2,). Reduce it, for example with sum(f)"),
        ("g: q", "8:9: the loss `f` is not among the computed names."),
        ("fo: q", "8:9: the loss `f` is not among the computed names. Did you mean `fo`?"),
        ("f: sum(v @ concat(v, v))", "7:8: f: in `v @ concat(v, v)`: the shapes (2,) and (4,) do not fit @"),
        (
            "f: sum(v + concat(v, v))",
            "7:8: f: in `v + concat(v, v)`: the shapes (2,) and (4,) do not fit together.",
        ),
        ("f: 1/0 + x", "7:8: f: 1/0 divides by zero."),
        ("f: v[0]", "7:10: f: An index starts at 1, not 0"),
        (
            "f: v[3]",
            "7:8: f: index 3 is out of range on axis 1 of the shape (2,). That axis goes from 1 to 2.",
        ),
        ("f: v[1,1]", "7:8: f: 2 indices are too many for the shape (2,)."),
        ("f: v[x]", "x = -2 is no whole number from 1 to 2."),
        ("f: v[w]", "f: w in [ ] is not given."),
        ("f: x(2)", "f: an example in ( ) has no meaning in a graph."),
        ("f: sum(v, axis=0)", "axis 0 does not exist on the shape (2,)."),
        ("f: sum(v, axis=x)", "f: axis must be a number."),
        ("f: sum(v, axs=1)", "f: sum has no option axs=. It takes axis, keepdims."),
        ("f: max(x, y, axis=1)", "f: maximum has no option axis=. It takes none."),
        ("f: exp(x, a=1)", "f: exp has no option a=. It takes none."),
        ("f: exp(x, y)", "f: exp takes 1 argument, not 2."),
        ("f: maximum(x)", "f: maximum takes 2 arguments, not 1."),
        ("f: sum(reshape(v))", "f: reshape needs a shape."),
        ("f: sum(reshape(v, 3))", "2 numbers of shape (2,) cannot be arranged in the shape (3,)"),
        ("f: sum([1, 2])", "f: an array in [ ] cannot stand in a formula."),
        ("f: sigmoid'(x)", "f: sigmoid' is not a function of a graph."),
        ("f: dq/dx", "f: dq/dx cannot be part of a formula."),
        ("f: q\n    sum: x", "8:5: the name sum is that of a function. Give it another name, such as sum1."),
        ("f: q\n    w: x", "8:5: the name w is already used under `parameters`."),
        ("f: q\n    2a: x", "8:5: `2a` cannot be a name."),
        ("f: q\n    a b: x", "8:5: `a b` cannot be a name."),
        ("f: q\n    '\\e[31m': x", "cannot be a name."),
        ("f: q\n    delta1: x", "8:5: the name delta1 is kept for a gradient or an updated parameter."),
        ("f: q\n    w_new: x", "8:5: the name w_new is kept"),
        ("f: (" + "1e300*" * 200 + "1)*x", "f: a literal number here is too long"),
        ("f: " + "(" * 500 + "x", "nested more than"),
        ("f: " + "-" * 5_000 + "x", "nested more than"),
        ("f: " + "x" * 20_000, "7:8: f:"),
    ],
)
def test_a_formula_that_cannot_be_is_told_where_and_why(new: str, fault: str) -> None:
    faults = faults_of(spoiled(GRAPH, (FORMULA, new)))
    assert any(fault in line for line in faults), faults


def test_the_loss_is_not_a_leaf() -> None:
    (fault,) = faults_of(spoiled(GRAPH, ("loss: f", "loss: w")))
    assert fault.startswith("8:9: the loss w is not computed.")


def test_every_formula_is_checked_and_the_ones_that_hang_on_a_wrong_one_are_left_out() -> None:
    faults = faults_of(
        spoiled(GRAPH, (FORMULA, "a: v @ M @ M @ concat(v, v)\n    b: a + 1\n    c: M[3,1]\n    f: x"))
    )
    assert [fault.split(":")[:3] for fault in faults] == [["7", "8", " a"], ["9", "8", " c"]]


def test_a_tower_of_powers_is_not_carried_out_on_loading() -> None:
    assert graph_of("f: x + 9**9**9").nodes["f"].op == "add"


def test_a_long_chain_needs_no_recursion() -> None:
    chain = "a1: x\n" + "\n".join(f"a{n}: a{n - 1} + 1" for n in range(2_000, 1, -1)) + "\nf: a2000"
    assert len(graph_of(chain).nodes) > 2_000


def test_a_long_cycle_is_shown_short() -> None:
    chain = "a1: a2000\n" + "\n".join(f"a{n}: a{n - 1} + 1" for n in range(2, 2_001)) + "\nf: a1"
    (fault,) = faults_of(spoiled(GRAPH, (FORMULA, chain.replace("\n", "\n    "))))
    assert "…" in fault
    assert len(fault) < 250


def test_the_number_of_nodes_is_limited() -> None:
    term = "+".join(["sin(x)"] * 1_200)
    formulas = "\n    ".join(f"a{n}: {term}" for n in range(5))
    (fault, *_) = faults_of(spoiled(GRAPH, (FORMULA, f"{formulas}\n    f: q")))
    assert "the graph has more than 10,000 nodes" in fault


def test_the_number_of_elements_is_limited_and_the_limit_can_be_raised() -> None:
    outer = "f: sum(reshape(a, 100, 1) + a)"
    text = spoiled(GRAPH, (FORMULA, outer), ("v: [1, 2]", f"a: {[1] * 100}"))
    with pytest.raises(
        ExerciseError, match=r"f:7:8: f: in `reshape\(a, 100, 1\) \+ a`: with its shape \(100, 100\)"
    ):
        loads(text, "f", max_elements=5_000)
    assert loads(text, max_elements=20_000)
