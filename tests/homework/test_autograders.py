"""The examples of docs/autograders.md, run with the real tools: gradescope-utils, nbgrader and Otter.

They are looked for in the Python that AUTOGRADERS_PYTHON names, which has them and this program; nbgrader and
Otter bring the whole of Jupyter, which has no place beside the tests of everything else. `.ci/run` makes one.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backprop_tutor import __version__

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "autograders.md").read_text(encoding="utf-8")
PYTHON = os.environ.get("AUTOGRADERS_PYTHON", "")
ANSWERS = '{"net1": [[1, -1]], "h1": [[1, 0]], "z": 1, "J": "1/2", "dJ/dW2": [[-1, 0]], "W2_new": [[1.1, 2]]}'
WRONG = ANSWERS.replace('"1/2"', '"-1/2"')

real = pytest.mark.skipif(not PYTHON, reason="AUTOGRADERS_PYTHON names no Python with the graders")


def example(part: str) -> str:
    """The first block of code on the page in which `part` stands."""
    blocks = re.findall(r"^```(?:python|bash|sh)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(next(block for block in blocks if part in block))


def run(*words: str | Path, folder: Path, python: str = PYTHON) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    clean |= {"HOME": str(folder), "JUPYTER_PLATFORM_DIRS": "1", "IPYTHONDIR": str(folder / "ipython")}
    done = subprocess.run(
        [python, *map(str, words)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=clean,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    return done.stdout


def test_the_scripts_of_an_autograder_of_gradescope(tmp_path: Path) -> None:
    """With this checkout in place of the environment that `setup.sh` makes of the wheel."""
    script = example("--gradescope").replace(
        "/autograder/venv/bin/backprop-tutor", f"{sys.executable} -m backprop_tutor"
    )
    (tmp_path / "submission").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "submission" / "answers.json").write_text(f'{{"answers": {WRONG}}}')
    (tmp_path / "run_autograder").write_text(script.replace("/autograder", str(tmp_path)))
    subprocess.run(["bash", "run_autograder"], cwd=tmp_path, check=True, capture_output=True)
    results = json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))
    assert results["score"] == 9
    failed = [test for test in results["tests"] if test["status"] == "failed"]
    assert [test["name"] for test in failed] == ["J"]
    assert "sign turned round" in failed[0]["output"]


def test_the_file_that_is_installed_is_the_one_that_is_made() -> None:
    """`.ci/run` makes it, installs it into an environment of its own and runs it."""
    assert f"grader/backprop_tutor-{__version__}-py3-none-any.whl" in PAGE
    assert example("set -e").splitlines()[-2:] == example("python3 -m venv /auto").splitlines()[-2:]


@real
def test_the_unit_tests_of_gradescope(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_gradients.py").write_text(example("partial_credit"), encoding="utf-8")
    (tmp_path / "answers.py").write_text(f"answers = {WRONG}\n")
    (tmp_path / "run_tests.py").write_text(
        "import sys, unittest\n"
        "from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n"
        "sys.path.insert(0, '.')\n"
        "suite = unittest.defaultTestLoader.discover('tests')\n"
        "with open('results.json', 'w') as file:\n"
        "    JSONTestRunner(stream=file, visibility='visible').run(suite)\n"
    )
    run("run_tests.py", folder=tmp_path)
    results = json.loads((tmp_path / "results.json").read_text("utf-8"))
    (test,) = results["tests"]
    assert (test["score"], test["max_score"]) == (4.5, 5)
    assert "J: wrong. You got -1/2" in test["output"]
    ours = json.loads(run("-c", OURS, folder=tmp_path, python=sys.executable))
    for name in ("score", "max_score", "name", "output", "status"):
        kinds = (int, float) if name in ("score", "max_score") else str
        assert isinstance(ours["tests"][0][name], kinds)
        assert isinstance(test[name], kinds) or name not in test


OURS = f"""
import json
from pathlib import Path
from backprop_tutor import load
from backprop_tutor.homework.classroom import ClassOptions, grade_one
from backprop_tutor.homework.gradescope import gradescope_results
Path("a.json").write_text('{{"answers": {WRONG}}}')
if __name__ == "__main__":
    print(gradescope_results(*grade_one(load("exercise1"), Path("a.json"), ClassOptions(jobs=1, timeout=60))))
"""


@real
@pytest.mark.parametrize(("answers", "points"), [(ANSWERS, 5), (WRONG, 3)])
def test_otter_gives_the_points_of_each_case(answers: str, points: int, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").write_text(example("otter.test_files"), encoding="utf-8")
    script = f"""
import otter
answers = {answers}
grader = otter.Notebook(tests_dir="tests")
result = grader.check("q1", global_env=globals())
print(repr(result))
print("score:", sum(case.test_case.points for case in result.test_case_results if case.passed))
"""
    said = run("-c", script, folder=tmp_path)
    assert f"score: {points}" in said
    assert ("J: wrong. You got -1/2" in said) == (points < 5)


@real
@pytest.mark.parametrize(("answers", "points"), [(ANSWERS, 5.0), (WRONG, 4.5)])
def test_nbgrader_gives_partial_credit(answers: str, points: float, tmp_path: Path) -> None:
    script = f"""
import json, logging
import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade
marks = {{"nbgrader": {{"grade": True, "grade_id": "q1", "points": 5, "locked": True, "solution": False,
                       "schema_version": 3, "task": False, "cell_type": "code"}}}}
given = new_code_cell({f"answers = {answers}"!r})
tests = new_code_cell({example("# partial credit")!r}, metadata=marks)
notebook = NotebookClient(new_notebook(cells=[given, tests]), timeout=120, kernel_name="python3").execute()
print("points:", determine_grade(notebook.cells[1], logging.getLogger()))
print("".join(output.get("text", "") for output in notebook.cells[1].outputs))
"""
    said = run("-c", script, folder=tmp_path)
    assert f"points: ({points}, 5.0)" in said.replace("(5, ", "(5.0, ").replace(", 5)", ", 5.0)")
    assert ("J: wrong. You got -1/2" in said) == (points < 5)
