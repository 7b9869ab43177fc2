"""Colours are read on every background, and what is told apart by them is told apart without."""

from itertools import combinations

import pytest

from backprop_tutor.render.theme import COLOURS, STYLES

FACTORS = ("asked", "upstream", "local")


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb` (https://www.w3.org/TR/WCAG21/#dfn-relative-luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("background", ["#ffffff", "#000000"])
@pytest.mark.parametrize("name", COLOURS)
def test_every_colour_is_legible(name: str, background: str) -> None:
    darker, lighter = sorted([luminance(COLOURS[name]), luminance(background)])
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_factors_of_a_chain_rule_differ_in_colour_and_without() -> None:
    words = {role: set(STYLES[role].split()) for role in FACTORS}
    for one, other in combinations(FACTORS, 2):
        assert words[one] & set(COLOURS) != words[other] & set(COLOURS)
        assert words[one] - set(COLOURS) != words[other] - set(COLOURS)


def test_a_role_has_one_colour_at_most_and_known_words() -> None:
    for words in map(str.split, STYLES.values()):
        assert sum(word in COLOURS for word in words) <= 1
        assert set(words) <= {*COLOURS, "bold", "italic"}
