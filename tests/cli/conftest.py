"""The program as a process: what a shell would see."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """`program("solve", "exercise1", columns=50)`: run in an empty folder, output not a terminal."""

    def run(
        *args: str, columns: int = 80, encoding: str = "utf-8", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "backprop_tutor", *args],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": encoding, **env},
            capture_output=True,
            encoding=encoding,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )

    return run
