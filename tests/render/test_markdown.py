"""Markdown: complete, in order, and nothing from outside read as markup."""

from typing import Any

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_md import MarkdownExport
from backprop_tutor.render.painters.markdown import escape_markdown


def markdown(name: str, **options: Any) -> str:
    return MarkdownExport().text(Document(solve(load(name)), **options))


@pytest.mark.parametrize("name", shipped_names())
def test_every_step_is_there_and_tables_are_regular(name: str) -> None:
    text = markdown(name)
    assert text.count("\n### ") == len(solve(load(name)).steps)
    assert text.count("$$") % 2 == 0
    table: list[int] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            table = []
            continue
        table.append(line.replace("\\|", "").count("|"))
        assert len(set(table)) == 1, line


def test_formulas_and_numbers() -> None:
    text = markdown("exercise1", quantity="dJ/dW2")
    assert "| derivative | upstream<br>`∂J/∂net2` | local<br>`∂net2/∂W2` | term | value |" in text
    assert "| `∂J/∂W2[1,1]` | `∂J/∂net2[1]`<br>`-1` | `h1[1]`<br>`1` | `-1·1` | `-1` |" in text
    assert r"\underset{1 \times 2}{\overset{\partial J/\partial W_{2}}{\left[\begin{matrix} -1 & 0" in text
    assert "confirmed by forward mode and central differences" in text


def test_a_blank_one_asks() -> None:
    text = markdown("exercise1", blank=True)
    assert "| `net1[1]` | ________ |" in text
    assert "= -1" not in text.partition("## Forward pass")[2]


def test_markup_from_outside_is_escaped() -> None:
    assert escape_markdown("<b>*a*_b_ [c](d) `e` # 1. | $x$") == (
        r"\<b\>\*a\*\_b\_ \[c\](d) \`e\` \# 1. \| \$x\$"
    )
    assert escape_markdown("1. one\n- two\n+ three") == "\\1. one\n\\- two\n\\+ three"
    text = "title: '# <script>x</script>'\ngraph:\n  given: {x: 2}\n  compute: {f: x * x}\n  loss: f\n"
    assert MarkdownExport().text(Document(solve(loads(text)))).startswith(r"# \# \<script\>")
