"""What a step does, as a figure: what is marked in it is what NumPy says, in characters, SVG and TikZ."""

import xml.etree.ElementTree as ET
from itertools import product

import numpy as np
import pytest

from backprop_tutor import load, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_html import HtmlExport
from backprop_tutor.render.exports.to_svg import SvgExport
from backprop_tutor.render.exports.to_tex import LatexExport
from backprop_tutor.render.pictures.figure import Grid, StepFigure, step_figure
from backprop_tutor.render.pictures.figure_lines import figure_lines
from backprop_tutor.render.pictures.svg_figure import figure_size, figure_svg, whole_svg
from backprop_tutor.render.screen_style import style_for

STYLE = style_for()
SVG = "{http://www.w3.org/2000/svg}"


def figure(name: str, quantity: str, index: tuple[int, ...] | None = None) -> StepFigure:
    solution = solve(load(name))
    found = step_figure(solution, solution.steps[quantity], STYLE, index)
    assert found is not None
    return found


def marked(grid: Grid) -> set[tuple[int, ...]]:
    return {entry.at for row in grid.rows for entry in row if entry.marked}


@pytest.mark.parametrize("pixel", list(product(range(4), range(4))))
def test_a_pixel_reaches_the_outputs_that_change_with_it(pixel: tuple[int, int]) -> None:
    solution = solve(load("conv-2d-max-pool"))
    x, kernel = solution.value("X"), solution.value("K")

    def output(image: np.ndarray) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
        return np.einsum("abij,ij->ab", windows, np.ones_like(kernel))

    moved = x.copy()
    moved[pixel] += 1
    changed = {tuple(map(int, at)) for at in np.argwhere(output(moved) != output(x))}
    grids = figure("conv-2d-max-pool", "dJ/dX", pixel).grids
    assert [grid.title for grid in grids] == ["X", "K", "∂J/∂net"]
    assert marked(grids[0]) == {pixel}
    assert marked(grids[2]) == changed


@pytest.mark.parametrize("entry", list(product(range(2), range(2))))
def test_a_weight_of_a_kernel_meets_a_window_of_the_input(entry: tuple[int, int]) -> None:
    grids = figure("conv-2d-max-pool", "dJ/dK", entry).grids
    rows, columns = (range(at, at + 3) for at in entry)
    assert marked(grids[0]) == set(product(rows, columns))
    assert marked(grids[1]) == set(product(range(3), range(3)))


def test_the_window_follows_the_element_that_is_looked_at() -> None:
    shown = figure("conv-2d-max-pool", "net", (1, 2))
    assert marked(shown.grids[0]) == {(1, 2), (1, 3), (2, 2), (2, 3)}
    assert marked(shown.grids[2]) == {(1, 2)}
    assert "net[2,3]" in shown.said


def test_a_max_pool_sends_its_gradient_to_what_it_picked() -> None:
    solution = solve(load("conv-2d-max-pool"))
    found = step_figure(solution, solution.steps["dJ/dnet"], STYLE)
    assert found is not None
    sent = {tuple(map(int, at)) for at in np.argwhere(solution.value("dJ/dnet") != 0)}
    assert sent <= marked(found.grids[1])
    assert marked(found.grids[1]) == {(0, 0), (0, 2), (2, 1)}


def test_the_mask_of_causal_heads_is_seen() -> None:
    rows = figure("attention-causal-heads", "A1").grids[0].rows
    assert [[entry.masked for entry in row] for row in rows] == [
        [column > row for column in range(3)] for row in range(3)
    ]
    for row in rows:
        assert sum(entry.shade or 0 for entry in row) == pytest.approx(1)


@pytest.mark.parametrize("name", shipped_names())
def test_every_figure_fits_and_stays_in_its_frame(name: str) -> None:
    solution = solve(load(name))
    for step in solution.steps.values():
        found = step_figure(solution, step, STYLE)
        if found is None:
            continue
        lines = figure_lines(found, STYLE, 80)
        assert lines, "80 columns are enough"
        for style in (STYLE, style_for("ascii")):
            text = ["".join(piece.text for piece in line) for line in figure_lines(found, style, 80)]
            assert max(map(display_width, text)) <= 80
        width, height = figure_size(found)
        svg = ET.fromstring(whole_svg(found))
        for word in svg.iter(f"{SVG}text"):
            assert 0 <= float(word.get("x", "")) <= width
            assert 0 <= float(word.get("y", "")) <= height
        for square in svg.iter(f"{SVG}rect"):
            assert float(square.get("x", "")) + float(square.get("width", "")) <= width
        entries = [entry for grid in found.grids for row in grid.rows for entry in row]
        drawn = [w.text for w in svg.iter(f"{SVG}text") if "number" in w.get("class", "").split()]
        assert drawn == [entry.text for entry in entries if not entry.masked]


def test_what_is_hidden_stays_hidden() -> None:
    shown = figure("conv-2d-max-pool", "net").hiding(lambda quantity, at: quantity != "net")
    assert {entry.text for row in shown.grids[2].rows for entry in row} == {"?"}
    assert "?" not in {entry.text for row in shown.grids[0].rows for entry in row}


def test_exports_have_the_figures_and_blank_ones_have_none() -> None:
    solution = solve(load("conv-2d-max-pool"))
    picture = SvgExport().text(Document(solution))
    assert picture.count('class="square marked"') == 5 + 3 + 4
    ET.fromstring(picture)
    page = HtmlExport().text(Document(solution))
    assert figure_svg(figure("conv-2d-max-pool", "dJ/dX")) in page
    notes = LatexExport().text(Document(solution))
    assert notes.count(r"\begin{tikzpicture}") == 1 + 5, "the graph, and a figure a step that has one"
    for export in (SvgExport(), HtmlExport()):
        assert 'class="square' not in export.text(Document(solution, blank=True))
    blank = LatexExport().text(Document(solution, blank=True))
    assert blank.count(r"\begin{tikzpicture}") == 1
    assert "7/2" not in blank, "the loss is asked"
