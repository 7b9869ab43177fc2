"""The picture: well-formed, described, with what is known at a step and the path of it."""

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_svg import SvgExport
from backprop_tutor.render.pictures.svg import SvgPicture, layout_of
from backprop_tutor.render.pictures.svg_places import Card, Places
from backprop_tutor.render.screen_style import style_for

SVG = "{http://www.w3.org/2000/svg}"


def picture(name: str, **options: Any) -> ET.Element:
    return ET.fromstring(SvgExport().text(Document(solve(load(name)), **options)))


def words(svg: ET.Element, kind: str) -> list[str]:
    return [
        "".join(word.itertext()) for word in svg.iter(f"{SVG}text") if kind in word.get("class", "").split()
    ]


@pytest.mark.parametrize("name", shipped_names())
def test_it_is_titled_and_described(name: str) -> None:
    svg = picture(name)
    title, about = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert title.text == load(name).title
    assert about is not None
    assert "gradients" in (about.text or "")
    assert svg.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"


def test_values_gradients_and_updates() -> None:
    svg = picture("exercise1")
    assert {"1", "-1", "0", "1/2"} <= set(words(svg, "value"))
    assert {"∂ -1", "∂ -2", "∂ 0"} <= set(words(svg, "gradient"))
    assert {"→ 11/10"} <= set(words(svg, "updated"))


def test_an_updated_weight_looks_changed() -> None:
    assert {"→ 0.1498", "→ 0.2498", "→ 0.1996", "→ 0.2995"} <= set(words(picture("mazur"), "updated"))


def test_a_matrix_has_a_line_a_row() -> None:
    svg = picture("matrix-graph")
    rows = [[span.text for span in word.iter(f"{SVG}tspan")] for word in svg.iter(f"{SVG}text")]
    assert ["1\u20070", "0\u20071", "1\u20071"] in rows, "the rows of X"
    assert "1\u20070\u200700\u20071\u200700\u20070\u20071" in words(picture("softmax-batch"), "value"), (
        "t is 3 by 3"
    )


def test_at_a_step_only_what_is_known_by_then() -> None:
    svg = picture("exercise1", quantity="h1")
    assert "1/2" not in words(svg, "value"), "the loss comes later"
    assert words(svg, "gradient") == []
    lit = [group for group in svg.iter(f"{SVG}g") if "lit" in group.get("class", "").split()]
    own = [group for group in lit if "own" in group.get("class", "").split()]
    assert len(own) == 2, "the two hidden units"


def test_a_blank_one_holds_no_answer() -> None:
    svg = picture("mazur", blank=True)
    assert words(svg, "gradient") == []
    assert "0.5933" not in words(svg, "value")
    assert "0.15" in words(svg, "value"), "weights are given"


@pytest.mark.parametrize("name", shipped_names())
def test_nothing_lies_on_anything_else(name: str) -> None:
    solution = solve(load(name))
    places = Places(solution, layout_of(solution, style_for()), style_for())
    cards = [card for card in places.cards.values() if card.cell.kind != "pass"]
    assert [(a.cell.id, b.cell.id) for a, b in combinations(cards, 2) if overlap(a, b)] == []
    for card in cards:
        assert 0 <= card.x <= card.x + card.width <= places.width
        assert 0 <= card.y <= card.y + card.height <= places.height
    labels = [line.label[0] for line in places.lines if line.label]
    for a, b in combinations(labels, 2):
        assert abs(a.x - b.x) > 15 or abs(a.y - b.y) > 10, f"{a.text} covers {b.text}"


def overlap(a: Card, b: Card) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def test_a_wide_network_shows_its_ends() -> None:
    rows = [[1] * 20] * 15
    text = (
        "title: wide\nnetwork:\n  layers:\n"
        f"    - {{activation: relu, weights: {rows}}}\n    - {{activation: linear, weights: [{[1] * 15}]}}\n"
        f"data:\n  - {{x: {[1] * 20}, t: [1]}}\nloss: mse\n"
    )
    drawn = SvgPicture(solve(loads(text)), [], style_for()).draw()
    assert "⋮ 15 more" in drawn
    assert "⋮ 10 more" in drawn


def test_text_from_outside_is_escaped() -> None:
    attack = "title: '</title><script>alert(1)</script>'"
    text = f"{attack}\ngraph:\n  given: {{x: 2}}\n  compute: {{f: x * x}}\n  loss: f\n"
    svg = SvgExport().text(Document(solve(loads(text))))
    assert "<script" not in svg
    ET.fromstring(svg)
