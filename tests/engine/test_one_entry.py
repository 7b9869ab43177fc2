"""An activation, a loss and an optimizer, one table entry each, work in every command."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import contributed
import pytest

from backprop_tutor.render.exports import ENDINGS

EXERCISE = """\
title: Mish, mean cubed error and centred RMSProp
network:
  layers:
    - {activation: mish, weights: [[1, -1], [2, 1]], bias: [0, 1]}
    - {activation: linear, weights: [[1, 1/2]], bias: [0]}
data:
  - {x: [1, 2], t: [1]}
  - {x: [2, 1], t: [3]}
loss: mce
learning_rate: 1/10
optimizer: centered_rmsprop
ask: [h1, J, dJ/dz, dJ/dnet1, W1_new]
"""


class Program:
    """The contributed program in a folder that holds the exercise `e.yaml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("e.yaml", EXERCISE)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def __call__(self, *words: str, stdin: str = "", status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, contributed.__file__, *words],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            cwd=self.folder,
            env=os.environ
            | {"PYTHONIOENCODING": "utf-8", "BACKPROP_TUTOR_STATE": str(self.folder / "state")},
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self(*words, "--json", status=status))

    def sheet(self, **changes: Any) -> str:
        """Every answer as `solve` has it, but for `changes` (dJ_dz for dJ/dz)."""
        changed = {name.replace("_d", "/d"): value for name, value in changes.items()}
        asked = {name: self.value(name) for name in ("h1", "J", "dJ/dz", "dJ/dnet1", "W1_new")}
        return json.dumps({"exercise": "e", "answers": asked | changed})

    def value(self, name: str) -> Any:
        if not hasattr(self, "_solved"):
            self._solved = self.json("solve", "e.yaml")
        return self._solved["quantities"][name]["value"]

    def misconceptions(self, sheet: str) -> set[str]:
        self.write("wrong.json", sheet)
        answers = self.json("check", "e.yaml", "wrong.json", status=1)["answers"]
        return {name for answer in answers for name in answer["misconceptions"]}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("contributed"))


def test_files_know_the_words(program: Program) -> None:
    assert "layers: 2 mish units, 1 linear unit" in program("validate", "e.yaml")
    typos = EXERCISE.replace("activation: mish", "activation: mihs").replace("mce", "mcee")
    program.write("typos.yaml", typos.replace("centered_rmsprop", "{name: centered_rmspro, roh: 1/2}"))
    said = program("validate", "typos.yaml", status=3)
    for word in ("mish", "mce", "centered_rmsprop", "rho"):
        assert f"Did you mean `{word}`?" in said
    program.write(
        "settings.yaml", EXERCISE.replace("centered_rmsprop", "{name: centered_rmsprop, beta1: 1/2, rho: 1}")
    )
    said = program("validate", "settings.yaml", status=3)
    assert "`beta1` is no setting of centered_rmsprop. It takes rho, epsilon." in said
    assert "rho is 1: nothing would ever be forgotten." in said


def test_the_schema_and_the_starter_list_them(program: Program) -> None:
    keys = json.loads(program("schema"))
    assert "mish" in keys["$defs"]["Layer"]["properties"]["activation"]["enum"]
    assert "mce" in keys["$defs"]["LossForm"]["properties"]["name"]["enum"]
    settings = keys["$defs"]["OptimizerForm"]["properties"]
    assert "centered_rmsprop" in settings["name"]["enum"]
    assert (
        settings["rho"]["description"]
        == "Of rmsprop; 99/100 if not given. Of adadelta and centered_rmsprop; 9/10 if not given."
    )
    said = settings["epsilon"]["description"]
    assert "rmsprop and centered_rmsprop; 1e-8 if not given." in said
    program("new", "starter.yaml")
    starter = (program.folder / "starter.yaml").read_text("utf-8")
    assert "softmax, mish." in starter
    assert "hinge, mce" in starter


def test_everything_is_solved_and_confirmed(program: Program) -> None:
    steps = program.json("solve", "e.yaml")["steps"]
    gradients = [step for step in steps if step["phase"] == "backward"]
    assert len(gradients) == 8
    for step in gradients:
        assert set(step["checks"].values()) == {True}, step["quantity"]
    assert {"Mish", "loss: mean cubed error", "mean square", "centred RMSProp"} <= {
        step["rule"] for step in steps
    }
    errors = [z - t for (z,), t in zip(program.value("z"), (1, 3), strict=True)]
    assert flat(program.value("dJ/dz")) == pytest.approx([3 * abs(e) * e / 2 for e in errors])


@pytest.mark.parametrize("quantity", ["dJ/dW1[1,2]", "dJ/db2", "dJ/dz(1)[1]", "dJ/dt"])
def test_explanations_are_proved(program: Program, quantity: str) -> None:
    forms = program.json("explain", "e.yaml", quantity)["forms"]
    for name in ("index", "scalar", "matrix"):
        assert forms[name], name
        assert {line["verified"] for line in forms[name]} == {True}, name


def test_a_session_takes_the_right_answers(program: Program) -> None:
    answers = [program.value(name) for name in ("h1", "J", "dJ/dz", "dJ/dnet1", "W1_new")]
    said = program("run", "e.yaml", stdin="".join(f"{number}\n" for number in flat(answers)))
    assert said.count(": correct.") == len(flat(answers)) == 15


def test_a_sheet_is_marked_and_its_slips_are_named(program: Program) -> None:
    program.write("right.json", program.sheet(h1=[["mish(-1)", "mish(5)"], ["mish(1)", "mish(net1(2)[2])"]]))
    assert program.json("check", "e.yaml", "right.json")["score"] == 15
    assert "activation-not-applied" in program.misconceptions(program.sheet(h1=[[-1, 5], [1, 6]]))
    assert "missing-one-over-n" in program.misconceptions(
        program.sheet(dJ_dz=[[2 * g] for (g,) in program.value("dJ/dz")])
    )
    upstream = program.value("dJ/dh1")
    assert "missing-activation-derivative" in program.misconceptions(program.sheet(dJ_dnet1=upstream))


def test_a_class_is_marked_by_workers(program: Program) -> None:
    for student in ("ada", "ben"):
        program.write(f"class/{student}.json", program.sheet())
    program("grade", "e.yaml", "class", "--jobs", "2")
    with (program.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert {float(row["score"]) for row in rows} == {15}


def test_versions_are_made_and_proved(program: Program) -> None:
    program("variants", "e.yaml", "--count", "2", "--out", "versions", "--check", "--jobs", "1")
    versions = [
        path for path in (program.folder / "versions").rglob("*.yaml") if "mish" in path.read_text("utf-8")
    ]
    assert len(versions) >= 2


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != "zip"])
def test_every_export_is_written(program: Program, ending: str) -> None:
    program("export", "e.yaml", f"out.{ending}")
    text = (program.folder / f"out.{ending}").read_text("utf-8")
    assert "mish" in text
    if ending == "ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        exec("\n".join("".join(cell["source"]) for cell in cells), {})  # the program's own code


def flat(value: Any) -> list[float]:
    return [number for part in value for number in flat(part)] if isinstance(value, list) else [value]
