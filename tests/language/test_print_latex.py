"""LaTeX: fractions with bars, everything from outside escaped, and it compiles."""

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.language import (
    Call,
    Expr,
    Glyph,
    Item,
    Num,
    Partial,
    Style,
    Sum,
    Sym,
    latex_words,
    parse,
    to_latex,
)
from backprop_tutor.language.expr import Valued

FUNCTIONS = {"sigmoid": "sigmoid", "softplus": "softplus", "sqrt": "sqrt", "abs": "abs"}
STYLE = Style(functions={"sigmoid": Glyph("σ", "sigmoid", r"\sigma")})
ENGINE = next(filter(None, map(shutil.which, ["pdflatex", "xelatex", "lualatex", "tectonic"])), None)

J, N, t, z = (Sym(name) for name in "JNtz")
W11 = Item(Sym("W1"), (Num(Fraction(1)), Num(Fraction(1))))

TYPED = [
    ("1*-1", r"1 \cdot \left(-1\right)"),
    ("(1/N)*(t - z)", r"\frac{1}{N} \cdot \left(t - z\right)"),
    ("(a/b)^2", r"\left(\frac{a}{b}\right)^{2}"),
    ("a^(n + 1)", "a^{n + 1}"),
    ("sigmoid'(net1)", r"\sigma'\left(\mathrm{net}_{1}\right)"),
    ("softplus(x)", r"\operatorname{softplus}\left(x\right)"),
    ("sqrt(abs(x))", r"\sqrt{\left|x\right|}"),
    ("W1.T @ x", r"W_{1}^{\top} \, x"),
    ("dJ/dW1[1,2]", r"\frac{\partial J}{\partial W_{1}[1,2]}"),
    ("W1_new", r"W_{1}^{\mathrm{new}}"),
    ("delta1^2", r"\delta_{1}^{2}"),
    ("learning_rate", r"\mathrm{learning\_rate}"),
    ("1e-3", r"1 \cdot 10^{-3}"),
]

BUILT = [
    (Num(Fraction(-1, 2)), r"-\frac{1}{2}"),
    (Sum("p", N, Call("sub", (t, z))), r"\sum_{p=1}^{N} \left(t - z\right)"),
    (Partial(Call("add", (J, N)), W11), r"\frac{\partial}{\partial W_{1}[1,1]} \, \left(J + N\right)"),
    (Call("kronecker", (Sym("i"), Sym("j"))), "[i=j]"),
    (
        Call("cases", (Call("ge", (t, z)), t, Call("indicator", (Call("gt", (t, z)),)))),
        r"\begin{cases} t & \text{if } t \ge z \\{} [t > z] & \text{otherwise} \end{cases}",
    ),
]


@pytest.mark.parametrize(("typed", "shown"), TYPED)
def test_what_was_typed(typed: str, shown: str) -> None:
    assert to_latex(parse(typed, functions=FUNCTIONS), STYLE) == shown


@pytest.mark.parametrize(("expr", "shown"), BUILT)
def test_what_derivations_print(expr: Expr, shown: str) -> None:
    assert to_latex(expr, STYLE) == shown


def test_letters_of_other_alphabets_are_text() -> None:
    assert to_latex(Sym("ŷ^")) == r"\mathrm{\text{ŷ}\hat{}}"


@given(st.text(max_size=20))
def test_no_name_is_a_command(name: str) -> None:
    latex = to_latex(Sym("_" + name))
    inside = latex.removeprefix(r"\mathrm{").removesuffix("}")
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    for command in ("input", "write", "def", "csname"):
        assert f"\\{command}" not in inside.replace("\\backslash{}", "")


@pytest.mark.skipif(ENGINE is None, reason="no TeX engine here")
def test_it_compiles(tmp_path: Path) -> None:
    assert ENGINE
    formulas = [shown for _, shown in TYPED] + [shown for _, shown in BUILT]
    formulas.append(to_latex(Sym("#$%&_{}\\^~")))
    body = "\n".join(f"\\[{formula}\\]" for formula in formulas)
    source = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n" + body + "\n\\end{document}\n"
    (tmp_path / "formulas.tex").write_text(source, encoding="utf-8")
    options = [] if ENGINE.endswith("tectonic") else ["-interaction=nonstopmode", "-halt-on-error"]
    ran = subprocess.run([ENGINE, *options, "formulas.tex"], cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout.decode(errors="replace")[-2000:]


def test_words_are_escaped() -> None:
    assert latex_words("50% of $x_1$ & {y} #1 \\z ~ ^") == (
        r"50\% of \$x\_1\$ \& \{y\} \#1 \textbackslash{}z \textasciitilde{} \textasciicircum{}"
    )
    assert latex_words("J = ½ Σ (t - z)²") == (
        r"J = \ensuremath{\tfrac{1}{2}} \ensuremath{\Sigma} (t {-} z)\ensuremath{^{2}}"
    )
    assert latex_words("δ2 · ×") == r"\ensuremath{\delta}2 \ensuremath{\cdot} \ensuremath{\times}"


def test_an_array_stands_between_its_name_and_its_shape() -> None:
    matrix = parse("[[1, 2], [3, 4]]", functions={})
    assert to_latex(Valued(Sym("W1"), matrix, (2, 2))) == (
        r"\underset{2 \times 2}{\overset{W_{1}}{\left[\begin{matrix} 1 & 2 \\{} 3 & 4 \end{matrix}\right]}}"
    )
    assert to_latex(Valued(Sym("W1"), None, (20, 30))) == r"\underset{20 \times 30}{W_{1}}"


def test_a_matrix_stands_in_no_fraction() -> None:
    matrix = to_latex(parse("[[1, 2], [3, 4]]", functions={}))
    assert to_latex(parse("[[1, 2], [3, 4]]/2", functions={})) == rf"{matrix} \,/\, 2"
    assert to_latex(parse("([[1, 2], [3, 4]] + 1)/2", functions={})) == rf"\left({matrix} + 1\right) \,/\, 2"


def test_a_power_of_a_step_has_one_superscript() -> None:
    shown = to_latex(parse("g<2>**2", functions={}, names=frozenset({"g<2>"})))
    assert shown == r"\left(g^{\langle 2\rangle}\right)^{2}"
