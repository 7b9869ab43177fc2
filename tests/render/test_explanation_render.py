"""Explanations as they are shown: on terminals of 80 and 50 columns, as plain lines, LaTeX and JSON."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import on_screen
import pytest

from backprop_tutor import load, solve
from backprop_tutor.language import Style, Sym, display_width, to_text
from backprop_tutor.render.explanation_json import explanation_json
from backprop_tutor.render.explanation_words import PARTS
from backprop_tutor.render.painters.latex_fragment import LatexFragment
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.explanation import explanation_blocks
from backprop_tutor.walkthrough import lettering_of
from backprop_tutor.walkthrough.derivation import Explanation, explain

SOLUTIONS = {name: solve(load(name)) for name in ("exercise1", "exercise3", "tanh-bce", "matrix-graph")}


def asked(name: str, quantity: str) -> Explanation:
    return explain(SOLUTIONS[name], quantity)


def screen(explanation: Explanation, part: str, width: int, style: Style | None = None) -> str:
    """What a terminal of that width shows."""
    style = style or style_for()
    return on_screen.screen(explanation_blocks(explanation, (part,), style), style, width)


def explanation_latex(explanation: Explanation, parts: tuple[str, ...], style: Style) -> Iterator[str]:
    return LatexFragment(style).paint(explanation_blocks(explanation, parts, style))


def plain(explanation: Explanation, parts: tuple[str, ...]) -> list[str]:
    return on_screen.plain_lines(explanation_blocks(explanation, parts, style_for()), style_for())


def test_80_columns() -> None:
    assert screen(asked("exercise1", "dJ/dW2"), "index", 80) == (
        "Index form\n"
        "  ∂J/∂W2[i,j]\n"
        "     = ∂/∂W2[i,j] ((1/(2·N))·Σ_p Σ_k (t(p)[k] - z(p)[k])²)       definition of J\n"
        "     = (1/(2·N))·∂/∂W2[i,j] (Σ_p Σ_k (t(p)[k] - z(p)[k])²)       constant factor\n"
        "     = (1/(2·N))·Σ_p ∂/∂W2[i,j] (Σ_k (t(p)[k] - z(p)[k])²)\n"
        "                                                       sum over the training set\n"
        "     = (1/(2·N))·Σ_p Σ_k ∂/∂W2[i,j] ((t(p)[k] - z(p)[k])²)   derivative of a sum\n"
        "     = (1/(2·N))·Σ_p Σ_k 2·(t(p)[k] - z(p)[k])·∂/∂W2[i,j] (t(p)[k] - z(p)[k])\n"
        "                                                                      power rule\n"
        "     = (1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂/∂W2[i,j] (t(p)[k] - z(p)[k])\n"
        "                                                                    cancel the 2\n"
        "     = (1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·(∂t(p)[k]/∂W2[i,j] - ∂z(p)[k]/∂W2[i,j])\n"
        "                                                             derivative of a sum\n"
        "     = (1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·(-∂z(p)[k]/∂W2[i,j])           constant\n"
        "     = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂z(p)[k]/∂W2[i,j]\n"
        "                                                         minus sign to the front\n"
        "     = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂z(p)[k]/∂net2(p)[k]·\n"
        "         ∂net2(p)[k]/∂W2[i,j]                                         chain rule\n"
        "     = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂net2(p)[k]/∂W2[i,j]\n"
        "                                                      derivative of the identity\n"
        "     = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·[k=i]·h1(p)[j]        linearity of net\n"
        "     = -(1/N)·Σ_p (t(p)[i] - z(p)[i])·h1(p)[j]\n"
        "                                              contraction of the Kronecker delta\n"
        "  ✓ 13 of 13 lines verified\n"
    )


def test_50_columns() -> None:
    assert screen(asked("exercise1", "dJ/dW2[1,2]"), "matrix", 50) == (
        "Matrix form\n"
        "  δ2\n"
        "     = -(1/N)·(t - z)\n"
        "            chain rule: derivative of the identity\n"
        "       t - z 1×1\n"
        "  ∂J/∂W2 = δ2ᵀ @ h1   chain rule: linearity of net\n"
        "           δ2ᵀ 1×1, h1 1×2\n"
        "  Why δ2ᵀ: a product sums over the columns of its\n"
        "  left factor and the rows of its right one, here\n"
        "  over the examples. δ2 and h1 both have them as\n"
        "  rows, so the left one is turned: 1×1 times 1×2\n"
        "  is 1×2, the shape of W2.\n"
        "  ✓ 2 of 2 lines verified\n"
    )
    shown = screen(asked("exercise1", "dJ/dW2"), "index", 50).splitlines()
    assert shown[2:5] == [
        "     = ∂/∂W2[i,j] ((1/(2·N))·",
        "         Σ_p Σ_k (t(p)[k] - z(p)[k])²)",
        "                                   definition of J",
    ]


def test_a_wide_terminal_stacks_fractions() -> None:
    lines = screen(asked("exercise1", "dJ/dW2[1,1]"), "index", 120).splitlines()
    assert lines[1].split() == ["∂", "⎛", "1", "N", "n2", "⎞"]
    assert lines[2].startswith("  ∂J/∂W2[i,j] = ────────── ⎜─────· Σ   Σ  (t(p)[k] - z(p)[k])²⎟")
    assert lines[2].endswith("definition of J")


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 100, 120, 200])
@pytest.mark.parametrize("name", SOLUTIONS)
def test_nothing_runs_over_the_edge(name: str, width: int) -> None:
    quantity = {"matrix-graph": "dJ/dW[1,2]"}.get(name, "dJ/dW1[1,2]")
    for part in PARTS:
        for line in screen(asked(name, quantity), part, width).splitlines():
            assert display_width(line) <= width, line


def test_equals_signs_are_aligned() -> None:
    for width in (50, 80):
        lines = screen(asked("exercise3", "dJ/dW2[1,1]"), "index", width).splitlines()
        assert {line.index("= ") for line in lines if line.lstrip().startswith("= ")} == {5}


def test_ascii() -> None:
    shown = screen(asked("exercise3", "dJ/dW1[1,2]"), "index", 80, style_for(ascii_only=True))
    assert "sum_p(sum_k(" in shown
    assert shown.replace("δ", "").isascii()


def test_plain_lines_hold_one_fact_each() -> None:
    lines = plain(asked("exercise1", "dJ/dW2[1,1]"), PARTS)
    assert lines[:3] == [
        "form: Index form",
        "line: ∂J/∂W2[i,j] = ∂/∂W2[i,j] ((1/(2·N))·Σ_p Σ_k (t(p)[k] - z(p)[k])²)",
        "rule: definition of J, verified",
    ]
    assert "shapes: δ2ᵀ 1×1, h1 1×2" in lines
    assert lines[-1] == "Sum over the paths: ∂J/∂W2[1,1] = -1"


def test_json_is_the_contract() -> None:
    document = json.loads(explanation_json(asked("exercise1", "dJ/dW1[1,2]"), PARTS, style_for()))
    assert document["format"] == 1
    assert document["quantity"] == "dJ/dW1[1,2]"
    assert set(document["forms"]) == {"index", "scalar", "matrix", "numbers"}
    for lines in document["forms"].values():
        assert lines
        for line in lines:
            assert set(line) == {"rule", "text", "latex", "verified"}
            assert line["verified"] is True
    assert document["value"] == 0.0
    assert document["exact"] == "0"
    (path,) = document["paths"]
    assert path["nodes"] == ["J", "z", "net2", "h1", "net1", "W1"]
    assert path["factors"][0]["of"] == "dJ/dz"
    assert path["product"] == 0.0
    only = json.loads(explanation_json(asked("exercise1", "dJ/dW1[1,2]"), ("index",), style_for()))
    assert (set(only["forms"]), only["paths"]) == ({"index"}, [])


def test_latex_is_balanced() -> None:
    for name, quantity in (("tanh-bce", "dJ/dW1[1,2]"), ("matrix-graph", "dJ/dW"), ("exercise3", "dz/dh1")):
        text = "\n".join(explanation_latex(asked(name, quantity), PARTS, style_for()))
        assert text.isascii()
        assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") > 0
        assert text.count(r"\left") == text.count(r"\right")
        assert text.replace(r"\{", "").count("{") == text.replace(r"\}", "").count("}")


def test_latex_compiles(tmp_path: Path) -> None:
    engine = shutil.which("pdflatex") or shutil.which("tectonic") or shutil.which("lualatex")
    if engine is None:
        pytest.skip("no TeX engine is installed")
    asked_for = (
        ("exercise1", "dJ/dW1"),
        ("exercise3", "dJ/dW1[1,2]"),
        ("tanh-bce", "dJ/db1"),
        ("matrix-graph", "dJ/dW"),
    )
    for name, quantity in asked_for:
        fragment = "\n".join(explanation_latex(asked(name, quantity), PARTS, style_for()))
        document = (
            "\\documentclass{article}\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
            f"{fragment}\n\\end{{document}}\n"
        )
        (tmp_path / "explanation.tex").write_text(document, encoding="utf-8")
        options = [] if "tectonic" in engine else ["-interaction=nonstopmode", "-halt-on-error"]
        run = subprocess.run([engine, *options, "explanation.tex"], cwd=tmp_path, capture_output=True,
                             text=True, check=False, timeout=120)  # fmt: skip
        assert run.returncode == 0, run.stdout[-2000:]
        too_wide = re.findall(r"Overfull .hbox \(([\d.]+)pt", (tmp_path / "explanation.log").read_text())
        assert max(map(float, too_wide), default=0) < 10


def test_only_what_is_verified_is_ticked() -> None:
    explanation = asked("exercise1", "dJ/dW2")
    (section,) = explanation.index.sections
    lines = (replace(section.lines[0], verified=None), *section.lines[1:])
    explanation.__dict__["index"] = replace(explanation.index, sections=(replace(section, lines=lines),))
    shown = screen(explanation, "index", 80)
    assert "  12 of 13 lines verified\n" in shown
    assert "✓" not in shown


def test_a_rounded_value_is_about_right() -> None:
    explanation = asked("tanh-bce", "dJ/dW2[1,1]")
    assert "     ≈ -0.244452 " in screen(explanation, "numbers", 80)
    assert "     ~ -0.244452 " in screen(explanation, "numbers", 80, style_for(ascii_only=True))
    assert " ≈ " in plain(explanation, ("numbers",))[-2]
    assert r"&\approx \parbox" in "\n".join(explanation_latex(explanation, ("numbers",), style_for()))
    text = json.loads(explanation_json(explanation, ("numbers",), style_for()))["forms"]["numbers"]
    assert [" ≈ " in line["text"] for line in text] == [False, False, True]
    exact = screen(asked("exercise1", "dJ/dW2[1,1]"), "numbers", 80)
    assert "≈" not in exact


def test_numbers_of_what_is_a_number_are_a_value_alone() -> None:
    assert screen(asked("exercise1", "dW1[1,1]/dW1[1,2]"), "numbers", 60).splitlines()[1:] == [
        "  ∂W1[1,1]/∂W1[1,2] = 0" + " " * 32 + "value"
    ]


@pytest.mark.parametrize(("notation", "delta"), [("nielsen", "δ¹"), ("goodfellow", "g¹"), ("cs231n", "δ1")])
def test_a_rule_writes_its_quantity_as_the_notation_does(notation: str, delta: str) -> None:
    solution = SOLUTIONS["exercise3"]
    style = style_for(notation=lettering_of(solution.exercise, notation))
    explanation = asked("exercise3", "dJ/dW1")
    assert to_text(Sym("delta1"), style) == delta
    assert f"definition of {delta}" in screen(explanation, "index", 80, style)
    assert r"definition of $\delta_{1}$" in "\n".join(explanation_latex(explanation, ("index",), style_for()))
