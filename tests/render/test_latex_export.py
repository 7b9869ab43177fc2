"""Lecture notes: they compile with both engines, whatever the exercise says."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_tex import LatexExport

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
    for rule in ("power rule", "linearity of net"):
        assert re.search(rf"(?m)^ & .*& \\rolerule{{{rule}}}", text)
    assert r"\fittable{@{}llr@{}}" in text


def test_a_factor_stands_above_its_number_and_rows_stay_together() -> None:
    text = latex("exercise1", quantity="dJ/dW2[1,1]")
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if r"\roleupstream" in line and "newcommand" not in line)
    above, below = lines[at : at + 2]
    assert above.startswith(r"\roleasked{$\partial J/\partial W_{2}[1,1]$} & \roleupstream{$")
    assert above.endswith(r"& $-1 \cdot 1$ & \rolevalue{$-1$} \\*"), "no page ends between the two"
    assert below == r" & \roleupstream{$-1$} & \rolelocal{$1$} &  &  \\"
    for name in ("exercise1", "softmax-batch"):
        assert latex(name).count("\\need{") >= len(solve(load(name)).steps)


def test_a_blank_one_has_lines_to_write_on() -> None:
    text = latex("exercise1", blank=True)
    assert text.count(r"\underline{\hspace{2.5cm}}") == 10
    assert r"\approx" not in text
