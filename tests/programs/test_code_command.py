"""`code`: skeletons that run, programs run in a process of their own, and what is said when they fail."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from program_files import exercise3, written

from backprop_tutor import Solution, check_arrays, load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.programs.variables import Variables
from backprop_tutor.render.code.skeleton import as_python, skeleton

Done = subprocess.CompletedProcess[str]


def code(*words: str, cwd: Path) -> Done:
    command = [sys.executable, "-m", "backprop_tutor", "code", *words]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False
    )


def checked(
    text: str, folder: Path, *options: str, exercise: str = "exercise3"
) -> tuple[Done, dict[str, str]]:
    """The process that checks the program `text`, and the verdicts by quantity."""
    done = code(exercise, str(written(folder, text)), "--json", *options, cwd=folder)
    document = json.loads(done.stdout)
    return done, {entry["quantity"]: entry["verdict"] for entry in document["arrays"]}


def test_a_right_program_is_right(tmp_path: Path) -> None:
    done = code("exercise3", str(written(tmp_path, exercise3())), "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["format"] == 1
    assert document["exercise"] == "exercise3"
    assert document["score"] == document["out_of"] == 13
    first = document["arrays"][0]
    assert first == {
        "quantity": "net1",
        "variable": "net1",
        "shape": [3, 2],
        "verdict": "correct",
        "misconceptions": [],
        "ambiguous": False,
        "entries_wrong": 0,
        "message": "Right.",
    }


def test_a_slip_is_named_with_its_line_and_paid_for_once(tmp_path: Path) -> None:
    text = exercise3(("dz = (z - t) / N", "dz = z - t"))
    done = code("exercise3", str(written(tmp_path, text)), "--json", cwd=tmp_path)
    arrays = {entry["quantity"]: entry for entry in json.loads(done.stdout)["arrays"]}
    line = text.splitlines().index("dz = z - t") + 1
    assert done.returncode == 1
    assert arrays["dJ/dz"]["verdict"] == "wrong"
    assert arrays["dJ/dz"]["misconceptions"] == ["missing-one-over-n"]
    assert arrays["dJ/dz"]["ambiguous"] is False
    assert arrays["dJ/dz"]["entries_wrong"] == 3
    assert f"Line {line}" in arrays["dJ/dz"]["message"]
    later = ["dJ/dnet2", "dJ/dW2", "dJ/dh1", "dJ/dnet1", "dJ/dW1", "W1_new", "W2_new"]
    assert {arrays[name]["verdict"] for name in later} == {"follow-through"}


@pytest.mark.parametrize("name", shipped_names())
def test_every_skeleton_runs_and_is_blank(name: str) -> None:
    exercise = load(name)
    text = as_python(skeleton(solve(exercise)), f"backprop-tutor code {name} FILE.py")
    space: dict[str, object] = {}
    exec(compile(text, "FILE.py", "exec"), space)  # our own skeleton
    result = check_arrays(exercise, space)
    assert {verdict.verdict for verdict in result.verdicts} == {"blank"}
    assert all(np.array_equal(as_floats(space, v), w) for v, w in leaves(solve(exercise)).items())


def leaves(solution: Solution) -> dict[str, np.ndarray]:
    """The exercise's own data by variable, with the -inf of masks."""
    names = solution.graph.named("given", "parameter")
    own = Variables(solution.ledger).own
    values = {str(own(name)): np.asarray(solution.values[name], dtype=float) for name in names}
    return {name: np.where(value < -1e90, -np.inf, value) for name, value in values.items()}


def as_floats(space: dict[str, object], name: str) -> np.ndarray:
    return np.asarray(space[name], dtype=float)


def test_a_file_is_not_overwritten_without_force(tmp_path: Path) -> None:
    assert code("exercise1", "--out", "mine.py", cwd=tmp_path).returncode == 0
    again = code("exercise1", "--out", "mine.py", cwd=tmp_path)
    assert again.returncode == 4
    assert "--force" in again.stderr
    assert code("exercise1", "--out", "mine.py", "--force", cwd=tmp_path).returncode == 0


def test_a_notebook_is_filled_in_and_checked(tmp_path: Path) -> None:
    assert code("exercise3", "--notebook", "--out", "mine.ipynb", cwd=tmp_path).returncode == 0
    notebook = json.loads((tmp_path / "mine.ipynb").read_text(encoding="utf-8"))
    assert all({"id", "cell_type", "metadata", "source"} <= cell.keys() for cell in notebook["cells"])
    magic = "%matplotlib inline\n!ls\nnp?\nfor k in range(2):\n    %timeit k\nif 7 \\\n% 2:\n    odd = True\n"
    texts = [magic.replace("%matplotlib", "import numpy as np\n%matplotlib"), "%%bash\nexit 3\n"]
    texts += ["%%time\n" + exercise3()]
    cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in texts]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "mine.ipynb").write_text(json.dumps(document), encoding="utf-8")
    done = code("exercise3", "mine.ipynb", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_line_in_a_notebook_is_that_of_its_cell(tmp_path: Path) -> None:
    before, after = exercise3(("net2 = h1 @ W2.T", "net2 = h1 @ W2.T + 1")).split("net2 = ")
    cells = [
        {"cell_type": "code", "source": text.splitlines(keepends=True), "metadata": {}, "outputs": []}
        for text in (before, f"net2 = {after}", "1/0\n")
    ]
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    done = code("exercise3", str(path), cwd=tmp_path)
    assert done.returncode == 4
    assert "Cell 2, line 1" in done.stdout
    assert "cell 3, line 1" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_an_archive_is_read_without_running_anything(tmp_path: Path) -> None:
    space: dict[str, object] = {}
    exec(compile(exercise3(), "right", "exec"), space)
    names = ["net1", "h1", "net2", "z", "J", "dz", "delta2", "dW2", "dh1", "dnet1", "dW1", "W1_new", "W2_new"]
    np.savez(tmp_path / "mine.npz", **{name: space[name] for name in names})  # type: ignore[arg-type]
    assert code("exercise3", "mine.npz", cwd=tmp_path).returncode == 0
    np.savez(tmp_path / "pickled.npz", net1=np.array([object()]))
    done = code("exercise3", "pickled.npz", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["arrays"][0]["verdict"] == "invalid"
    assert done.returncode == 1
    written(tmp_path, "no archive", "not.npz")
    assert code("exercise3", "not.npz", cwd=tmp_path).returncode == 4


FAILING = {
    "an endless loop": ("net1 = 1\nwhile True:\n    pass\n", "did not end within 2 seconds"),
    "a loop in which every exception is caught": (
        "net1 = 1\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
        "did not end within 2 seconds",
    ),
    "input": ("net1 = 1\ninput('? ')\n", "asks for input"),
    "a package that is not there": ("net1 = 1\nimport no_such_package\n", "no_such_package"),
    "a crash halfway": ("net1 = 1\ndef f():\n    return 1 / 0\nf()\n", "line 3, in f"),
    "an exit with a lock held": ("net1 = 1\nraise MemoryError\n", "MemoryError"),
}


@pytest.mark.parametrize("kind", FAILING)
def test_what_was_set_before_a_failure_is_judged(kind: str, tmp_path: Path) -> None:
    text, said = FAILING[kind]
    done, verdicts = checked(text, tmp_path, "--timeout", "2")
    assert done.returncode == 4
    assert said in done.stderr
    assert "child.py" not in done.stderr
    assert verdicts["net1"] == "wrong"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", "SyntaxError"),
        ("import os\nos.kill(os.getpid(), 9)\n", "broke off"),
        ("import ctypes\nctypes.string_at(0)\n", "broke off"),
        ("raise RecursionError('deep')\n", "deep"),
        ("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E\n", "E"),
    ],
)
def test_a_program_that_breaks_off_is_told(text: str, said: str, tmp_path: Path) -> None:
    done, verdicts = checked(text, tmp_path)
    assert done.returncode == 4
    assert said in done.stderr
    assert set(verdicts.values()) == {"blank"}


HARMLESS = {
    "sys.exit ends the file": "import sys\nnet1 = 1\nsys.exit(3)\n",
    "os._exit too": "import os\nnet1 = 1\nos._exit(3)\n",
    "megabytes of output": (
        "net1 = 1\nprint('x' * 5_000_000)\nimport sys\nsys.stderr.write('y' * 5_000_000)\n"
    ),
    "a thread that goes on": (
        "import threading, time\ndef f():\n    global net1\n    time.sleep(0.2)\n    net1 = 1\n"
        "threading.Thread(target=f).start()\n"
    ),
    "a thread that nobody waits for": (
        "import threading, time\nnet1 = 1\n"
        "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
    ),
    "closed streams": "import sys\nnet1 = 1\nsys.stdout.close()\nsys.stderr.close()\nsys.stdin.close()\n",
    "a file that removes itself": "import os\nnet1 = 1\nos.remove(__file__)\n",
    "another module called main": "import sys\nnet1 = 1\nsys.modules.clear()\n",
    "a child process that goes on": (
        "import subprocess, sys\nnet1 = 1\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])\n"
    ),
    "a list of itself": "net1 = []\nnet1.append(net1)\n",
    "a number too large for a float": "net1 = 10 ** 5000\n",
    "an object that refuses to be an array": (
        "class A:\n    def __array__(self, *a, **k): raise SystemExit\n"
        "    def __float__(self): raise KeyboardInterrupt\nimport numpy\nnet1 = A()\n"
    ),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_program_may_do_what_it_likes(kind: str, tmp_path: Path) -> None:
    done, verdicts = checked(HARMLESS[kind], tmp_path, "--timeout", "30")
    assert done.returncode == 1, done.stderr
    assert verdicts["net1"] in ("wrong", "invalid")


def test_a_program_runs_as_python_would_run_it(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("value = 41\n")
    text = (
        "import json, os, sys\nimport helper\n"
        "json.dump([__name__, os.getcwd(), sys.path[0], sys.argv, __file__, sys.stdin.read(), helper.value],"
        " open('seen.json', 'w'))\n"
    )
    path = written(tmp_path, text)
    assert code("exercise3", "mine.py", cwd=tmp_path).returncode == 1
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen == ["__main__", str(tmp_path), str(tmp_path), [str(path)], str(path), "", 41]


def test_another_python_runs_it(tmp_path: Path) -> None:
    done = code("exercise3", str(written(tmp_path, exercise3())), "--python", sys.executable, cwd=tmp_path)
    assert done.returncode == 0
    done = code("exercise3", "mine.py", "--python", "no-such-python", cwd=tmp_path)
    assert done.returncode == 2
    assert "no-such-python" in done.stderr


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert code("exercise3", "nowhere.py", cwd=tmp_path).returncode == 4
    assert code("no-such-exercise", str(written(tmp_path, "")), cwd=tmp_path).returncode in (3, 4)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_watching_checks_at_every_save(tmp_path: Path) -> None:
    """What became right since the last save is told; what is written again unchanged is no save."""
    import signal

    path = written(tmp_path, exercise3(("dz = (z - t) / N", "dz = z - t")))
    command = [sys.executable, "-m", "backprop_tutor", "code", "exercise3", str(path), "--watch"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        shown = read_until(process.stdout, "Ctrl-C ends")
        assert "1/N = 1/3 left out" in shown
        assert "Right since" not in shown
        path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "other.txt").write_text("no program")
        path.write_text(exercise3(("dW2 = delta2.T @ h1", "dW2 = delta2.T @ net1")), encoding="utf-8")
        shown = read_until(process.stdout, "Ctrl-C ends")
        assert "Right since the last save: dz, delta2" in shown
        assert "No longer right" not in shown
        assert "net1 where h1 belongs" in shown
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def read_until(stream: IO[str], last: str) -> str:
    lines: list[str] = []
    while not lines or last not in lines[-1]:
        line = stream.readline()
        assert line, lines
        lines.append(line)
    return "".join(lines)
