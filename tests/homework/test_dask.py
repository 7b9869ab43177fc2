"""The marking of a class on a real Dask cluster: the same files byte for byte, whatever happens to workers.

Everything of Dask runs in processes of its own: it warns, and its warnings are not ours.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import class_of_sheets
import pytest

HERE = Path(__file__).parent
CLUSTER = """
import json, logging, sys
from distributed import LocalCluster
if __name__ == "__main__":
    settings = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=2, threads_per_worker=1, **settings) as cluster:
        workers = [worker.pid for worker in cluster.workers.values()]
        print(json.dumps({"address": cluster.scheduler_address, "workers": workers}), flush=True)
        sys.stdin.read()
"""
POOL = """
import json, sys
from backprop_tutor.homework.dask_pool import DaskPool
from backprop_tutor.homework.worker_pool import Ready, Task
import pool_work
if __name__ == "__main__":
    tasks = [Ready("here") if n == 7 else Task(sys.argv[2] if n == 60 else n, 1) for n in range(130)]
    pool = DaskPool(pool_work.make, ("hi",), 2, 1.0, sys.argv[1])
    print(json.dumps([getattr(result, "reason", result) for result in pool.run(tasks)]))
"""

real = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a cluster's scheduler, and the processes of its two workers."""
    (folder / "cluster.py").write_text(CLUSTER)
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, str(folder / "cluster.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
        ) as process,
    ):
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        try:
            yield said["address"], said["workers"]
        finally:
            process.communicate(timeout=60)


def grade(sheets: Path, out: Path, *more: str) -> "subprocess.Popen[str]":
    words = ("grade", "exercise1", str(sheets), "--out", str(out), "--timeout", "60", *more)
    command = [sys.executable, "-m", "backprop_tutor", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@real
def test_a_worker_that_is_killed_in_the_middle_of_a_class_changes_nothing(tmp_path: Path) -> None:
    sheets = class_of_sheets.write(class_of_sheets.the_class(2_000), tmp_path / "sheets")
    with cluster(tmp_path) as (address, workers):
        marking = grade(sheets, tmp_path / "dask", "--engine", "dask", "--scheduler", address)
        part = tmp_path / "dask" / "details.jsonl.part"
        while marking.poll() is None and not (part.exists() and part.read_bytes().count(b"\n") > 300):
            time.sleep(0.05)
        assert marking.poll() is None, "it ended before a worker could be killed"
        os.kill(workers[0], signal.SIGKILL)
        said, errors = marking.communicate(timeout=500)
        assert marking.returncode == 0, errors
    assert "2,000 sheets: " in said
    here = grade(sheets, tmp_path / "here")
    here.communicate(timeout=500)
    for name in ("grades.csv", "details.jsonl"):
        assert (tmp_path / "dask" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


@real
@pytest.mark.parametrize(
    ("task", "reason"), [("hang", "it took longer than 1 s"), ("die", "it brought the marker down")]
)
def test_what_hangs_or_kills_workers_is_lost_alone(task: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "pool.py").write_text(POOL)
    with cluster(tmp_path) as (address, _):
        done = subprocess.run(
            [sys.executable, str(tmp_path / "pool.py"), address, task],
            env={**os.environ, "PYTHONPATH": str(HERE)},
            capture_output=True,
            timeout=400,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    due = [f"hi {n}" for n in range(130)]
    assert json.loads(done.stdout) == [*due[:7], "here", *due[8:60], reason, *due[61:]]


@real
def test_a_scheduler_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "ann.yaml").write_text("answers:\n  J: 1/2\n")
    marking = grade(tmp_path, tmp_path / "out", "--engine", "dask", "--scheduler", "nowhere")
    _, errors = marking.communicate(timeout=120)
    assert marking.returncode == 4
    assert "nowhere: there is no Dask scheduler" in errors


def test_dask_is_asked_for_by_name(tmp_path: Path) -> None:
    marking = grade(tmp_path, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert "Add --engine dask." in marking.communicate(timeout=120)[1]
    assert marking.returncode == 2
