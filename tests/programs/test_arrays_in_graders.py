"""The examples of docs/code.md, run with the real tools: pytest, nbgrader and Otter.

The last two are looked for in the Python that AUTOGRADERS_PYTHON names, as tests/homework/test_autograders.py
does.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from other_checks import rows
from program_files import exercise3

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "code.md").read_text(encoding="utf-8")
PYTHON = os.environ.get("AUTOGRADERS_PYTHON", "")
SLIP = ("dW2 = delta2.T @ h1", "dW2 = delta2.T @ net1")
SAID = "net1 where h1 belongs"

real = pytest.mark.skipif(not PYTHON, reason="AUTOGRADERS_PYTHON names no Python with the graders")


def example(part: str) -> str:
    """The first block of Python on the page in which `part` stands."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(next(block for block in blocks if part in block))


def run(python: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    clean |= {"HOME": str(folder), "JUPYTER_PLATFORM_DIRS": "1", "IPYTHONDIR": str(folder / "ipython")}
    return subprocess.run(
        [python, *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=clean,
        timeout=300,
        check=False,
    )


def test_the_library_calls_of_the_page() -> None:
    space: dict[str, object] = {}
    exec(compile(example("result.score, result.out_of"), "code.md", "exec"), space)
    assert (space["result"].score, space["result"].out_of) == (0, 13)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("changes", "failed"), [((), 0), ((SLIP,), 1)])
def test_pytest_says_what_is_wrong(changes: tuple[tuple[str, str], ...], failed: int, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(exercise3(*changes), encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(example("import mine"), encoding="utf-8")
    done = run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py", folder=tmp_path
    )
    assert f"{failed} failed" in done.stdout or not failed
    assert (SAID in done.stdout) == bool(failed)
    assert done.returncode == failed


@real
@pytest.mark.parametrize(("changes", "points"), [((), 5), ((SLIP,), 2)])
def test_otter_gives_the_points_of_each_case(
    changes: tuple[tuple[str, str], ...], points: int, tmp_path: Path
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").write_text(example("otter.test_files"), encoding="utf-8")
    script = f"""
import otter
{exercise3(*changes)}
grader = otter.Notebook(tests_dir="tests")
result = grader.check("q1", global_env=globals())
print(repr(result))
print("score:", sum(case.test_case.points for case in result.test_case_results if case.passed))
"""
    done = run(PYTHON, "-c", script, folder=tmp_path)
    assert f"score: {points}" in done.stdout, done.stderr
    assert (SAID in done.stdout) == (points < 5)


@real
@pytest.mark.parametrize(("changes", "points"), [((), 5.0), ((SLIP,), 4.62)])
def test_nbgrader_gives_partial_credit(
    changes: tuple[tuple[str, str], ...], points: float, tmp_path: Path
) -> None:
    script = f"""
import logging
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade
marks = {{"nbgrader": {{"grade": True, "grade_id": "q1", "points": 5, "locked": True, "solution": False,
                       "schema_version": 3, "task": False, "cell_type": "code"}}}}
given = new_code_cell({exercise3(*changes)!r})
tests = new_code_cell({example("globals())")!r}, metadata=marks)
notebook = NotebookClient(new_notebook(cells=[given, tests]), timeout=120, kernel_name="python3").execute()
print("points:", determine_grade(notebook.cells[1], logging.getLogger()))
print("".join(output.get("text", "") for output in notebook.cells[1].outputs))
"""
    done = run(PYTHON, "-c", script, folder=tmp_path)
    assert f"points: ({points}," in done.stdout.replace("(5,", "(5.0,"), done.stdout + done.stderr
    assert (SAID in done.stdout) == (points < 5)


def test_the_table_on_the_page_is_what_the_checks_say() -> None:
    for row in rows():
        assert row.markdown() in PAGE
