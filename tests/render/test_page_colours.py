"""The colours of pages, pictures and paper: those of the theme, legible on every paper they stand on."""

import re

import pytest

from backprop_tutor.render.assets import asset
from backprop_tutor.render.theme import COLOURS, ON_DARK, ON_LIGHT, STYLES, css, latex

LEAST = 4.5
PAPERS = {"light": ("#ffffff", "#f3f5f8", "#ececff"), "dark": ("#10141a", "#1b222c", "#222a55")}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("scheme", "colours"), [("light", ON_LIGHT), ("dark", ON_DARK)])
def test_every_colour_is_legible_on_every_paper(scheme: str, colours: dict[str, str]) -> None:
    assert colours.keys() == COLOURS.keys()
    for colour in colours.values():
        assert min(contrast(colour, paper) for paper in PAPERS[scheme]) >= LEAST


def test_in_a_cell_colours_are_legible_on_light_and_dark() -> None:
    for colour in COLOURS.values():
        assert min(contrast(colour, "#ffffff"), contrast(colour, "#000000")) >= LEAST


def test_the_papers_are_those_of_the_pages() -> None:
    page, picture = asset("page.css"), asset("picture.css")
    for first, raised, own in PAPERS.values():
        assert f"--paper: {first}; --raised: {raised};" in page
        assert f"fill: {own};" in picture


@pytest.mark.parametrize(("scheme", "colours"), [("light", ON_LIGHT), ("dark", ON_DARK)])
def test_a_picture_has_the_colours_of_the_roles(scheme: str, colours: dict[str, str]) -> None:
    light, _, dark = asset("picture.css").partition("@media (prefers-color-scheme: dark)")
    rules = {"light": light, "dark": dark}[scheme]

    def colour(selector: str, of: str) -> str:
        found = re.search(rf"{re.escape(selector)} \{{[^}}]*\b{of}: (#\w+)", rules)
        assert found, selector
        return found[1]

    assert colour(".picture .gradient", "fill") == colours["magenta"]
    assert colour(".picture.backward .cell.lit rect", "stroke") == colours["magenta"]
    assert colour(".picture.backward .edge.lit", "stroke") == colours["green"]
    assert colour(".picture.backward .cell.own rect", "stroke") == colours["blue"]
    assert STYLES["asked"].endswith("blue")
    assert STYLES["upstream"].endswith("magenta")
    assert STYLES["local"].endswith("green")


def test_roles_are_classes_and_commands() -> None:
    assert ".role-asked { font-weight: 600; color: var(--blue); }" in css()
    assert f"--blue: {ON_LIGHT['blue']};" in css().partition("@media")[0]
    assert r"\newcommand{\roleupstream}[1]{{\itshape\color{magenta} #1}}" in latex()
