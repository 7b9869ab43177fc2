"""A step's table has the same columns and the same values in every output, of every shipped exercise."""

import json
import re
from collections.abc import Iterator
from functools import cache
from io import StringIO
from xml.etree import ElementTree

import pytest
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.language import to_text
from backprop_tutor.render.blocks import Cell, Maths, Words, WorkedStep
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter
from backprop_tutor.render.painters.html import HtmlPainter
from backprop_tutor.render.painters.latex import LatexPainter
from backprop_tutor.render.painters.markdown import MarkdownPainter
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.painters.terminal import TerminalPainter

COMPARED = ("derivative", "quantity", "upstream", "term", "value", "old value", "new value")
"""Columns of names and numbers alone, which have the same letters and digits in every language."""
WIDE = 400

Columns = list[tuple[str, str]]
"""The title of each column, and all that stands in it from top to bottom: letters, digits and signs."""


@cache
def document(name: str) -> Document:
    return Document(solve(load(name)))


@cache
def steps(name: str) -> list[WorkedStep]:
    return [block for block in document(name).blocks() if isinstance(block, WorkedStep)]


def marks(text: str) -> str:
    """The letters, digits and signs of `text`, however they are set."""
    text = text.replace("²", "2")
    text = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", text)
    text = re.sub(r"\\rule\[[^]]*\]\{[^}]*\}\{[^}]*\}|\\[A-Za-z]+ ?", "", text).replace("−", "-")
    return "".join(re.findall(r"[A-Za-z0-9.-]", text))


def expected(step: WorkedStep, name: str) -> Columns:
    style = document(name).style

    def said(cell: Cell) -> str:
        pieces = (piece for line in cell for piece in line)
        return "".join(p.text if isinstance(p, Words) else to_text(p.expr, style) for p in pieces)

    return [
        (said(column.title[:1]), marks("".join(said(row.cells[place]) for row in step.table.rows)))
        for place, column in enumerate(step.table.columns)
        if column.role != "mark"
    ]


def check(shown: Columns, step: WorkedStep, name: str) -> None:
    right = expected(step, name)
    assert len(shown) == len(right)
    for (title, found), (right_title, wanted) in zip(shown, right, strict=True):
        assert title.replace(" ", "").startswith(right_title.replace(" ", ""))
        if right_title in COMPARED:
            assert found == wanted, (to_text(step.quantity.expr), right_title)


def joined(heads: list[list[str]], rows: list[list[str]]) -> Columns:
    titles = ["".join(lines) for lines in zip(*heads, strict=True)]
    return [
        (title, marks("".join(cells))) for title, cells in zip(titles, zip(*rows, strict=True), strict=True)
    ]


def of_terminal(step: WorkedStep, name: str) -> Columns:
    console = Console(file=StringIO(), width=WIDE)
    for drawn in TerminalPainter(console, document(name).style).paint([step]):
        console.print(drawn)
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("├"))
    heads, rows = (
        [[cell.strip() for cell in line.split("│")[1:-1]] for line in part if line.startswith("│")]
        for part in (lines[:at], lines[at:])
    )
    return [(title, cells) for title, cells in joined(heads, rows) if title != "✓"]


def of_markdown(text: str) -> Columns:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [
        [re.sub("`|<br>", "", cell).strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines
    ]
    return joined(cells[:1], cells[1:])


def of_latex(step: WorkedStep, name: str) -> Columns:
    text = "\n".join(LatexPainter(document(name).style).paint([step]))
    heads: list[list[str]] = []
    rows: list[list[str]] = []
    for part in text.split(r"\toprule")[1:]:
        head, _, body = part.partition(r"\bottomrule")[0].partition(r"\midrule")
        heads = [list(map(plain_title, line.split(" & "))) for line in head.splitlines() if " & " in line]
        body = re.sub(r"\\begin\{matrix\}.*?\\end\{matrix\}", "", body)
        rows += [
            re.sub(r"\\\\\*?(\[\dpt\])?$", "", line).split(" & ")
            for line in body.splitlines()
            if " & " in line
        ]
    return joined(heads, rows)


def plain_title(cell: str) -> str:
    words = re.search(r"\\rolequiet\{([a-z ]+)\}", cell)
    return words[1] if words else ""


def of_html(step: WorkedStep, name: str) -> Columns:
    (article,) = HtmlPainter(document(name).style).paint([step])
    table = ElementTree.fromstring(article).find(".//table")
    assert table is not None
    heads = [["".join(cell.itertext()) for cell in row] for row in table.findall("./thead/tr")]
    rows = [[cell_text(cell) for cell in row] for row in table.findall("./tbody/tr")]
    return joined(heads, rows)


def cell_text(cell: ElementTree.Element) -> str:
    return "".join("".join(part.itertext()) for part in cell if part.get("class") != "said")


def cells_of_notebook(name: str) -> Iterator[str]:
    for cell in json.loads(exporter("ipynb").text(document(name)))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and "\n### " in f"\n{text}":
            yield text


@pytest.mark.parametrize("name", shipped_names())
def test_the_columns_and_values_are_the_same_everywhere(name: str) -> None:
    painter = MarkdownPainter(document(name).style)
    cells = list(cells_of_notebook(name))
    assert len(cells) == len(steps(name)) > 0
    for step, cell in zip(steps(name), cells, strict=True):
        check(of_terminal(step, name), step, name)
        check(of_markdown("\n\n".join(painter.paint([step]))), step, name)
        check(of_markdown(cell), step, name)
        check(of_latex(step, name), step, name)
        check(of_html(step, name), step, name)


@pytest.mark.parametrize("name", shipped_names())
def test_a_fact_ends_in_the_value_of_its_row(name: str) -> None:
    style = document(name).style
    for step in steps(name):
        place = next(k for k, column in enumerate(step.table.columns) if column.role == "value")
        facts = list(PlainPainter(style).paint([step]))
        for row in step.table.rows:
            numbers = [piece.expr for line in row.cells[place] for piece in line if isinstance(piece, Maths)]
            if numbers:
                ending = to_text(numbers[-1], style)
                assert any(fact.endswith((f"= {ending}", f"≈ {ending}")) for fact in facts)


@pytest.mark.parametrize("name", shipped_names())
def test_a_blank_document_asks_for_every_value_once(name: str) -> None:
    blank = Document(document(name).solution, blank=True)
    asked = sum(len(view.rows) for view in blank.views)
    assert exporter("md").text(blank).count("________") == asked
    assert exporter("tex").text(blank).count(r"\underline{") == asked
    assert exporter("html").text(blank).count("<input") == asked
    right = re.findall(r"': \(\d+, '", exporter("ipynb").text(blank))
    assert len(right) == asked


@pytest.mark.parametrize("name", ["exercise1", "softmax-batch", "mazur"])
def test_the_matrix_form_alone_leaves_the_values(name: str) -> None:
    for block in Document(document(name).solution, form="matrix").blocks():
        if isinstance(block, WorkedStep) and block.formula:
            assert [title for title, _ in expected(block, name)] == ["quantity", "value"]
