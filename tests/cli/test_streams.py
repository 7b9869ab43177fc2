"""Standard streams that are full, closed, in UTF-16, or on a terminal without a size; a packed program."""

import os
import shutil
import subprocess
import sys
import zipapp
from collections.abc import Callable
from pathlib import Path

import pytest

import backprop_tutor

Done = subprocess.CompletedProcess[bytes]
PROGRAM = [sys.executable, "-m", "backprop_tutor"]
COMMANDS = {
    "check": ["check", "exercise1", "right.yaml"],
    "check --json": ["check", "exercise1", "right.yaml", "--json"],
    "check of a wrong one": ["check", "exercise1", "wrong.yaml"],
    "solve": ["solve", "exercise1"],
    "version": ["--version"],
}


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Done]:
    answer = "exercise: exercise1\nanswers:\n  net1: [[1, {}]]\n"
    for name, number in (("right", "-1"), ("wrong", "7")):
        (tmp_path / f"{name}.yaml").write_text(answer.format(number), encoding="utf-8")

    def run(words: list[str], program: list[str] = PROGRAM, **options: object) -> Done:
        environment = os.environ | {
            "BACKPROP_TUTOR_STATE": str(tmp_path / "state"),
            "PYTHONIOENCODING": "utf-8",
        }
        given = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": environment, **options}
        if "input" in given:
            del given["stdin"]
        return subprocess.run([*program, *words], cwd=tmp_path, timeout=120, check=False, **given)  # type: ignore[call-overload,no-any-return]

    return run


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_one_line_and_no_wrong_answer(name: str, call: Callable[..., Done]) -> None:
    with open("/dev/full", "w") as full:
        done = call(COMMANDS[name], stdout=full)
    assert done.returncode == 4
    assert done.stderr.decode() == "standard output cannot be written: no space left on device.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes it")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_closed_output_is_one_line_and_no_wrong_answer(name: str, call: Callable[..., Done]) -> None:
    done = call(COMMANDS[name], program=["sh", "-c", 'exec "$@" >&-', "sh", *PROGRAM])
    assert done.returncode == 4
    assert done.stderr.decode() == "standard output cannot be written: it is closed.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes them")
def test_whatever_else_is_closed_or_full_changes_no_status(call: Callable[..., Done]) -> None:
    for redirected in ("<&- 2>&-", "2>/dev/full"):
        shell = ["sh", "-c", f'exec "$@" {redirected}', "sh", *PROGRAM]
        assert call(COMMANDS["solve"], program=shell, stdout=subprocess.DEVNULL).returncode == 0
        assert (
            call(COMMANDS["check of a wrong one"], program=shell, stdout=subprocess.DEVNULL).returncode == 1
        )
    demo = call(
        ["demo", "exercise1"], program=["sh", "-c", 'exec "$@" <&-', "sh", *PROGRAM], stdout=subprocess.PIPE
    )
    assert b"net1" in demo.stdout


@pytest.mark.parametrize("setting", ["COLUMNS=0", "LINES=0", "COLUMNS=wide", "COLUMNS=1"])
def test_a_size_that_is_none_is_not_minded(setting: str, call: Callable[..., Done]) -> None:
    name, _, value = setting.partition("=")
    environment = {key: text for key, text in os.environ.items() if key not in ("COLUMNS", "LINES")}
    for words in (
        ["solve", "exercise1", "--only", "loss"],
        ["list"],
        ["explain", "exercise1", "dJ/dW2[1,1]"],
    ):
        done = call(
            words, stdout=subprocess.PIPE, env=environment | {name: value, "PYTHONIOENCODING": "utf-8"}
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_answers_are_read_in_the_encoding_that_they_are_in(
    encoding: str, call: Callable[..., Done], tmp_path: Path
) -> None:
    answers = "1\r\n−1\r\n".encode(encoding)
    (tmp_path / "answers.txt").write_bytes(answers)
    words = ["run", "exercise1", "--ask", "net1", "--plain"]
    for done in (
        call(words, input=answers, stdout=subprocess.PIPE),
        call([*words, "--answers", "answers.txt"], stdout=subprocess.PIPE),
    ):
        assert done.returncode == 0, done.stdout.decode()


@pytest.fixture
def packed(tmp_path: Path) -> list[str]:
    """The program in one zip file, with its exercises as the wheel has them."""
    package = Path(backprop_tutor.__file__).parent
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, tmp_path / "pack" / "backprop_tutor", ignore=skipped)
    exercises = tmp_path / "pack" / "backprop_tutor" / "exercises"
    if not exercises.is_dir():
        shutil.copytree(package.parent / "exercises", exercises)
    zipapp.create_archive(tmp_path / "pack", tmp_path / "tutor.pyz", main="backprop_tutor.cli:main")
    shutil.rmtree(tmp_path / "pack")
    return [sys.executable, "tutor.pyz"]


def test_it_runs_from_a_zip_file(packed: list[str], call: Callable[..., Done], tmp_path: Path) -> None:
    for words, said in (
        (["list"], b"exercise1"),
        (["solve", "exercise1"], b"Two-layer"),
        (["explain", "--rule", "sigmoid"], b"sigmoid"),
        (["export", "exercise1", "page.html"], b"Wrote page.html"),
        (["check", "exercise1", "right.yaml"], b"Score: 2"),
    ):
        done = call(words, program=packed, stdout=subprocess.PIPE)
        assert said in done.stdout, done.stderr.decode()
        assert b"Traceback" not in done.stderr
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_a_packed_copy_without_its_exercises_says_so(call: Callable[..., Done], tmp_path: Path) -> None:
    package = Path(backprop_tutor.__file__).parent
    shutil.copytree(
        package, tmp_path / "pack" / "backprop_tutor", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.rmtree(tmp_path / "pack" / "backprop_tutor" / "exercises", ignore_errors=True)
    zipapp.create_archive(tmp_path / "pack", tmp_path / "bare.pyz", main="backprop_tutor.cli:main")
    for words in (["list"], ["solve", "exercise1"]):
        done = call(words, program=[sys.executable, "bare.pyz"], stdout=subprocess.PIPE)
        assert done.returncode == 4
        assert b"not in this copy of the program: install it" in done.stderr
