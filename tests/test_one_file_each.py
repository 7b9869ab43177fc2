"""One more of a kind is one file: each is added to a copy of the package and used through the program."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import backprop_tutor

PACKAGE = Path(backprop_tutor.__file__).parent

SOFTSIGN = """
    elementwise(
        "softsign",
        lambda xp, x: x / (1 + xp.abs(x)),
        (lambda xp, y, x: 1 / xp.power(1 + xp.abs(x), 2),),
        written=lambda xp, x: x / (1 + xp.abs(x)),
        rule="softsign",
        derivative=("derivative of softsign",),
        computes="softsign({net}) = {net}/(1 + |{net}|).",
        says="By the quotient rule softsign' = 1/(1 + |{net}|)².",
        activation=Activation(),
    ),
"""
HARDTANH = """
    elementwise(
        "hardtanh",
        lambda xp, x: xp.call("max", -1, xp.call("min", x, xp.number(1))),
        (lambda xp, y, x: xp.where(xp.gt(1, xp.abs(x)), xp.number(1), xp.number(0)),),
        rule="hard tanh",
        derivative=("derivative of hard tanh",),
        computes="{net} kept between -1 and 1.",
        says="1 between -1 and 1, else 0.",
        kink=lambda xp, x: 1 - xp.abs(x),
        prime=True,
        activation=Activation(),
    ),
"""
OUTER = """
    Op(
        "outer",
        lambda xp, x, y: xp.outer(x, y),
        (lambda xp, g, y, a, b: g @ b, lambda xp, g, y, a, b: xp.transpose(g) @ a),
        rule="outer product",
        derivative=("derivative of an outer product",),
        computes="Every element of the one times every element of the other.",
        says="Each element meets every element of the other vector: the products add up.",
        arity=(2, 2),
    ),
"""
LAX = OUTER.replace('"outer"', '"pairs"').replace("xp.transpose(g) @ a", "g @ a")
BENT = """
    Op(
        "bent",
        lambda xp, z, t, delta=1: xp.sum(
            xp.where(
                xp.gt(xp.abs(t - z), delta),
                xp.number(delta) * (xp.abs(t - z) - xp.number(delta) / 2),
                xp.power(t - z, 2) / 2,
            ),
            _all(t - z),
        ) / xp.count(z),
        (
            lambda xp, g, y, z, t, delta=1: -(g / xp.count(z)) * xp.where(
                xp.gt(xp.abs(t - z), delta),
                xp.number(delta) * xp.where(xp.gt(t - z, 0), xp.number(1), xp.number(-1)),
                t - z,
            ),
            lambda xp, g, y, z, t, delta=1: g / xp.count(z) * xp.where(
                xp.gt(xp.abs(t - z), delta),
                xp.number(delta) * xp.where(xp.gt(t - z, 0), xp.number(1), xp.number(-1)),
                t - z,
            ),
        ),
        rule="loss: bent",
        derivative=("derivative of the bent loss",),
        computes="{J}: squares where the error is small, its size where it is large.",
        says="The error where it is small, its sign where it is large.",
        arity=(2, 2),
        loss=Loss(settings={"delta": Setting(Fraction(1), "where a square turns into a line")}),
        mean="examples",
    ),
"""
TRIPLED = """
    Misconception(
        "gradient-tripled",
        "the gradient taken three times",
        "Nothing here is taken three times.",
        "chain",
        total=lambda total: iter([totals.WrongResult(3 * total.right, "the gradient taken three times")]),
    ),
"""
SIGNED = """
        Optimizer(
            "signed",
            (
                UpdateEquation(
                    "W_new",
                    "sign step",
                    "A step by the sign of the gradient.",
                    lambda xp, q: q["W"] - q["η"] * xp.call("sign", q["g"]),
                ),
            ),
            {},
        ),
"""
CAMPUS = """
    PlatformLayout("campus", "a Campus download", r"campus-(?P<id>\\d+)-(?P<name>[^/]+?)-sheet\\.\\w+"),
"""
COURSE = """
        Notation(
            "course",
            "a course whose examples are counted by i",
            input="x",
            target="y",
            weights="W",
            bias="b",
            net="u",
            hidden="a",
            output="o",
            loss="L",
            delta="δ",
            example="i",
            rows=True,
        ),
"""
TEXT_EXPORT = '''"""`.txt`: the names of the quantities."""

from backprop_tutor.render.document import Document

__all__ = ["TextExport"]


class TextExport:
    """`.txt`"""

    def text(self, document: Document) -> str:
        return "".join(f"{step.quantity}\\n" for step in document.steps)
'''
LN_OF_EXP = """
    Rule("ln(e^x) = x", lambda scene, place: _log_of_exp(place)),
"""
LN_OF_EXP_RULE = """
def _log_of_exp(place: Expr) -> Expr | None:
    match place:
        case Call("log", (Call("exp", (x,)),)):
            return x
    return None


"""
NETWORK = """\
title: A small network
network:
  layers:
    - {activation: tanh, weights: [[1, -1], [2, 1]], bias: [0, 1]}
    - {activation: linear, weights: [[1, 1/2]], bias: [0]}
data:
  - {x: [1, 2], t: [1]}
  - {x: [2, 1], t: [5]}
loss: half_mse
learning_rate: 1/10
"""

SCALING = """
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.schema_types import POSITIVE, Model, key

__all__ = ["ScalingLayer"]


class ScalingLayer(Model, LayerKind):
    kind = "scaling"

    scaling: int = key(POSITIVE, "What everything is multiplied by.")

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        return flow.after(check.number, flow.shape)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        by = net.builder.constant(self.scaling)
        return net.each(
            signal, signal.axes, lambda node, at: net.apply(at(name), "mul", (node, by), axes=signal.axes)
        )
"""


SQUARE = "title: A square\ngraph: {parameters: {a: 5}, compute: {f: a**2}, loss: f}\n"
LESSON = """\
title: Squares
question: How fast does a square grow?
idea: Twice as fast as its side, times the side.
exercise: square.yaml
screens:
  - say: "The square of {a} is {f}."
    predict: {ask: "How fast does `f` grow?", number: df/da, then: "`df/da` is {df/da}."}
"""


class Scratch:
    """A copy of the package in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PACKAGE, folder / "backprop_tutor", ignore=shutil.ignore_patterns("__pycache__"))

    def edit(self, file: str, *pairs: tuple[str, str]) -> None:
        """Put each text behind the one place where its anchor stands."""
        path = self.folder / "backprop_tutor" / file
        text = path.read_text("utf-8")
        for anchor, more in pairs:
            assert text.count(anchor) == 1, anchor
            text = text.replace(anchor, anchor + more)
        path.write_text(text, "utf-8")

    def create(self, file: str, text: str) -> None:
        (self.folder / "backprop_tutor" / file).write_text(text, "utf-8")

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, "utf-8")
        return name

    def run(self, *words: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "backprop_tutor", *words],
            capture_output=True,
            encoding="utf-8",
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder), "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"},
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def json_schema(self) -> Any:
        return json.loads(self.run("schema"))

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """A copy to which one file was added, or in which one was changed, for each of them."""
    made = Scratch(tmp_path_factory.mktemp("scratch"))
    made.edit("engine/ops/functions.py", ("\nOPS = (", SOFTSIGN + HARDTANH))
    made.edit("engine/ops/arrays.py", ("\nOPS = (", OUTER + LAX))
    made.edit("engine/ops/losses.py", ("\nOPS = (", BENT))
    made.edit("grading/misconceptions/table.py", ("TABLE: tuple[Misconception, ...] = (", TRIPLED))
    made.edit("language/notation.py", ('also={"ŷ": ("y_hat",)},\n        ),', COURSE))
    made.edit("engine/optimizers.py", ("    for optimizer in (\n", SIGNED))
    made.edit("homework/layouts.py", ("\nLAYOUTS = (", CAMPUS))
    made.create("render/exports/to_txt.py", TEXT_EXPORT)
    made.create("lessons/squares.yaml", LESSON)
    made.create("lessons/square.yaml", SQUARE)
    made.edit("lessons/course.yaml", ("  - images\n", "  - squares\n"))
    made.create("exercise/layer_kinds/scaling.py", SCALING)
    made.edit(
        "walkthrough/derivation/algebra.py",
        ("\nTIDYING = (", LN_OF_EXP),
        ('"delta_factor"]\n', LN_OF_EXP_RULE),
    )
    return made


def test_an_activation(scratch: Scratch) -> None:
    scratch.write("softsign.yaml", NETWORK.replace("tanh", "softsign"))
    steps = scratch.json("solve", "softsign.yaml")["steps"]
    assert all(set(step["checks"].values()) == {True} for step in steps if step["phase"] == "backward")
    (delta,) = [step for step in steps if step["quantity"] == "dJ/dnet1"]
    assert "cases" not in delta["formula"]
    lines = scratch.json("explain", "softsign.yaml", "dJ/dW1[1,2]")["forms"]["index"]
    assert {line["verified"] for line in lines} == {True}
    scratch.run("export", "softsign.yaml", "softsign.ipynb")
    assert "np.abs(" in (scratch.folder / "softsign.ipynb").read_text("utf-8")


def test_an_activation_that_calls_other_functions(scratch: Scratch) -> None:
    clear = NETWORK.replace("bias: [0, 1]", "bias: [1/2, 1]")  # of the kinks
    scratch.write("hardtanh.yaml", clear.replace("tanh", "hardtanh"))
    solved = scratch.json("solve", "hardtanh.yaml")
    assert solved["quantities"]["h1"]["exact"] == [["-1/2", "1"], ["1", "1"]]
    backward = [step for step in solved["steps"] if step["phase"] == "backward"]
    assert False not in {check for step in backward for check in step["checks"].values()}


def test_a_kind_of_layer(scratch: Scratch) -> None:
    layers = "    - {scaling: 3}\n    - {activation: linear"
    scratch.write("scaling.yaml", NETWORK.replace("    - {activation: linear", layers))
    solved = scratch.json("solve", "scaling.yaml")
    assert solved["quantities"]["h2"]["value"][0][0] == 3 * solved["quantities"]["h1"]["value"][0][0]
    backward = [step for step in solved["steps"] if step["phase"] == "backward"]
    assert False not in {check for step in backward for check in step["checks"].values()}
    assert "ScalingLayer" in scratch.json_schema()["$defs"]


CIRCUIT = """\
title: A product of vectors
graph:
  given: {{x: {x}}}
  parameters: {{w: [3, 4, 5]}}
  compute: {{A: "{op}(x, w)", J: sum(A * A)}}
  loss: J
"""


def test_an_op(scratch: Scratch) -> None:
    scratch.write("outer.yaml", CIRCUIT.format(op="outer", x=[1, 2]))
    solved = scratch.json("solve", "outer.yaml")
    assert solved["quantities"]["dJ/dw"]["value"] == [30, 40, 50]  # 2 w |x|^2
    for step in solved["steps"]:
        assert step["phase"] != "backward" or set(step["checks"].values()) == {True}
    lines = scratch.json("explain", "outer.yaml", "dJ/dw[2]")["forms"]["index"]
    assert {line["verified"] for line in lines} == {True}


@pytest.mark.parametrize(("op", "x"), [("outer", "[[1, 2], [3, 4]]"), ("outer", "1"), ("pairs", "[1, 2]")])
def test_shapes_that_only_the_forward_rule_is_content_with(scratch: Scratch, op: str, x: str) -> None:
    scratch.write("wrong.yaml", CIRCUIT.format(op=op, x=x))
    said = scratch.run("validate", "wrong.yaml", status=3)
    assert "A:" in said
    assert "Traceback" not in said


def test_a_loss_with_a_setting(scratch: Scratch) -> None:
    values = {}
    for delta in ("{name: bent, delta: 2}", "{name: bent}", "bent"):
        scratch.write("bent.yaml", NETWORK.replace("half_mse", delta))
        solved = scratch.json("solve", "bent.yaml")
        z, t = solved["quantities"]["z"]["value"], [[1.0], [5.0]]
        bound = 2.0 if "2" in delta else 1.0
        errors = [abs(target[0] - output[0]) for output, target in zip(z, t, strict=True)]
        terms = [e * e / 2 if e <= bound else bound * (e - bound / 2) for e in errors]
        values[delta] = solved["quantities"]["J"]["value"]
        assert values[delta] == pytest.approx(sum(terms) / 2)
        for step in solved["steps"]:
            assert step["phase"] != "backward" or False not in step["checks"].values()
    assert len({round(value, 9) for value in values.values()}) == 2
    scratch.write("settings.yaml", NETWORK.replace("half_mse", "{name: mse, delta: 2}"))
    said = scratch.run("validate", "settings.yaml", status=3)
    assert "`delta` is no setting of mse. It takes no settings." in said
    form = scratch.json_schema()["$defs"]["LossForm"]["properties"]
    assert (
        form["delta"]["description"] == "Of bent and huber: where a square turns into a line; 1 if not given."
    )


def test_a_misconception(scratch: Scratch) -> None:
    scratch.write("network.yaml", NETWORK + "ask: [dJ/dW2]\n")
    ((first, second),) = scratch.json("solve", "network.yaml")["quantities"]["dJ/dW2"]["value"]
    wrong = {"exercise": "network", "answers": {"dJ/dW2": [[3 * first, 3 * second]]}}
    scratch.write("sheet.json", json.dumps(wrong))
    answers = scratch.json("check", "network.yaml", "sheet.json", status=1)["answers"]
    assert all("gradient-tripled" in answer["misconceptions"] for answer in answers)


@pytest.mark.parametrize("quantity", ["dJ/dW1[1,2]", "dJ/dz(2)[1]", "dJ/db2[1]"])
def test_a_notation_whose_examples_are_counted_by_i(scratch: Scratch, quantity: str) -> None:
    scratch.write("course.yaml", NETWORK + "notation: course\n")
    forms = scratch.json("explain", "course.yaml", quantity)["forms"]
    for name in ("index", "scalar", "matrix"):
        assert {line["verified"] for line in forms[name]} == {True}
    assert not any("(i)[i" in line["text"] for form in forms.values() for line in form)


def test_an_optimizer(scratch: Scratch) -> None:
    scratch.write("signed.yaml", NETWORK + "optimizer: signed\n")
    scratch.write("network.yaml", NETWORK)
    steps = {}
    for file in ("signed.yaml", "network.yaml"):
        quantities = scratch.json("solve", file)["quantities"]
        old, new, gradient = (quantities[name]["value"][0] for name in ("W2", "W2_new", "dJ/dW2"))
        steps[file] = [(a - b, g) for a, b, g in zip(old, new, gradient, strict=True)]
    assert steps["signed.yaml"] == [
        (pytest.approx(math.copysign(0.1, g)), g) for _, g in steps["signed.yaml"]
    ]
    assert steps["network.yaml"] == [(pytest.approx(0.1 * g), g) for _, g in steps["network.yaml"]]
    scratch.run("export", "signed.yaml", "signed.py", "--to", "torch")  # which has no such optimizer
    assert "torch.optim" not in (scratch.folder / "signed.py").read_text("utf-8")


def test_a_layout_of_a_platform(scratch: Scratch) -> None:
    scratch.write("network.yaml", NETWORK + "ask: [J]\n")
    (scratch.folder / "class").mkdir()
    scratch.write("class/campus-7-ann-sheet.json", json.dumps({"exercise": "network", "answers": {"J": 0}}))
    assert "--layout campus" in scratch.run("grade", "network.yaml", "class", "--out", "marks")
    assert (scratch.folder / "marks" / "grades.csv").read_text("utf-8").splitlines()[1].startswith("ann,0,1,")


def test_an_export(scratch: Scratch) -> None:
    scratch.write("network.yaml", NETWORK)
    scratch.run("export", "network.yaml", "network.txt", "--force")
    assert "dJ/dW1\n" in (scratch.folder / "network.txt").read_text("utf-8")
    assert ".txt" in scratch.run("export", "--help")


def test_a_lesson(scratch: Scratch) -> None:
    last = scratch.json("learn")["lessons"][-1]
    assert (last["name"], last["title"]) == ("squares", "Squares")
    assert "The answer: 10." in scratch.run("learn", "squares")


def test_a_rule_of_a_derivation(scratch: Scratch) -> None:
    graph = "graph: {given: {x: 2}, parameters: {w: 3}, compute: {J: ln(exp(w * x)) ** 2}, loss: J}"
    scratch.write("ln.yaml", f"title: A logarithm\n{graph}\n")
    lines = scratch.json("explain", "ln.yaml", "dJ/dw")["forms"]["index"]
    assert "ln(e^x) = x" in [line["rule"] for line in lines]
    assert {line["verified"] for line in lines} == {True}
