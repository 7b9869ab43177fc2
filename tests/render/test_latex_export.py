"""Lecture notes: they compile with both engines, whatever the exercise says."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.latex import LatexExport

ENGINES = [
    pytest.param(engine, marks=pytest.mark.skipif(not shutil.which(engine), reason=f"{engine} is not here"))
    for engine in ("pdflatex", "lualatex")
]
HOSTILE = r"""
title: 'A \input{/etc/passwd} $x^2$ # 5% & ~ "q" <b> {} _a_ |'
description: |
  -- Ünïcode: größer ≤ ½ Σ ∂ σ → 中文 🙂 ﬁ `x' ''y''
  \end{document} \write18{ls}
graph:
  given: {größe: [1, 2], t: 1}
  parameters: {w: [1/2, -1]}
  compute:
    n: abs(größe) @ w
    f: (t - sigmoid(n)) ** 2
  loss: f
learning_rate: 1/10
"""


def latex(name: str, **options: Any) -> str:
    exercise = load(name) if name in shipped_names() else loads(name)
    return LatexExport().text(Document(solve(exercise), **options))


def compiled(text: str, engine: str, folder: Path) -> str:
    """The log of a run without errors."""
    (folder / "notes.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "notes.tex"],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    assert (folder / "notes.pdf").read_bytes().startswith(b"%PDF")
    return log


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("exercise1", {"derivations": True}),
        ("softmax-batch", {}),
        ("adam-steps", {}),
        ("matrix-graph", {"form": "matrix"}),
        ("mazur", {"blank": True}),
        (HOSTILE, {}),
    ],
    ids=["exercise1", "softmax-batch", "adam-steps", "matrix-graph", "blank", "hostile"],
)
def test_it_compiles(name: str, options: dict[str, Any], engine: str, tmp_path: Path) -> None:
    log = compiled(latex(name, **options), engine, tmp_path)
    assert "Overfull \\hbox" not in log or max(_overfull(log)) < 10


def _overfull(log: str) -> list[float]:
    return [float(part.partition("pt")[0]) for part in log.split("Overfull \\hbox (")[1:]]


def test_every_step_is_there() -> None:
    for name in shipped_names():
        assert latex(name).count("\\subsection*") == len(solve(load(name)).steps)


def test_a_derivation_has_its_rules_at_the_right() -> None:
    text = latex("exercise1", quantity="dJ/dW2", derivations=True)
    assert r"\rulename{power rule}" in text
    assert r"\rulename{linearity of net}" in text


def test_headings_begin_where_their_columns_do_and_tables_run_on() -> None:
    text = latex("exercise1", derivations=True)
    assert r"\multicolumn{1}{@{}l}{quantity} & \multicolumn{1}{l}{in symbols}" in text
    derivation = next(part for part in text.split(r"\fittable") if r"\rulename{power rule}" in part)
    assert r"\resizebox" not in derivation
    assert text.count(r"\need{") == len(solve(load("exercise1")).steps)


def test_a_blank_one_has_lines_to_write_on() -> None:
    text = latex("exercise1", blank=True)
    assert text.count(r"\underline{\hspace{2.5cm}}") == 10
    assert r"\approx" not in text
