"""The exported page as text: sizes, its policy, what a blank page gives away."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from backprop_tutor import load, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_html import HtmlExport
from backprop_tutor.walkthrough import decimal

VOID = {"meta", "input", "br", "img", "link"}


def page(name: str, **options: Any) -> str:
    return HtmlExport().text(Document(solve(load(name)), **options))


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("name", shipped_names())
def test_it_is_small_balanced_and_asks_for_nothing(name: str, blank: bool) -> None:
    text = page(name, blank=blank)
    assert len(text.encode()) < 500_000
    assert set(re.findall(r"https?://[^\"']*", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(?:link|img|iframe|object)|url\(|@import|\ssrc=", text)
    Balanced().feed(text)


class Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert "style" not in dict(attrs), "the policy forbids it"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("blank", [False, True])
def test_the_policy_lets_only_its_own_script_run(blank: bool) -> None:
    text = page("exercise1", blank=blank)
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert found
    for kind in ("script", "style"):
        (body,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = b64encode(sha256(body.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in found[1]
    assert "default-src 'none'" in found[1]


@pytest.mark.parametrize("name", ["mazur", "exercise3", "softmax-batch"])
def test_a_blank_page_gives_no_answer_away(name: str) -> None:
    solution = solve(load(name))
    text = re.sub(r'data-right="[^"]*"|d="[^"]*"|<script>.*', "", page(name, blank=True), flags=re.DOTALL)
    given = {
        decimal(v, n) for leaf in solution.exercise.values.values() for v in np.ravel(leaf) for n in (3, 6)
    }
    for step in solution.steps.values():
        for value in np.ravel(solution.value(step.quantity)):
            shown = {decimal(float(value), digits) for digits in (3, 4, 6)} - given
            for number in (n for n in shown if len(n) > 4):
                assert number not in text, (step.quantity, number)


def test_the_form_chooses_the_formulas() -> None:
    assert 'class="matrix"' not in page("exercise1", form="element")
    assert ">upstream<" in page("exercise1", form="element", quantity="dJ/dW1")
    assert ">upstream<" not in page("exercise1", form="matrix", quantity="dJ/dW1")


def test_derivations_stand_under_their_steps() -> None:
    text = page("exercise1", quantity="dJ/dW2", derivations=True)
    assert "power rule" in text
    assert "<summary>Derivation</summary>" in text


def test_a_long_equation_is_broken_before_its_operators() -> None:
    shown = page("exercise3")
    step = shown.partition('id="step-10"')[2].partition("</p>")[0]
    parts = re.findall(r"<span>(= )?(<math>.*?</math>)</span>", step)
    assert [bool(equals) for equals, _ in parts] == [True, False, False], "∂J/∂h1 ⊙ h1 ⊙ (1 - h1)"
    assert all(ElementTree.fromstring(math).tag == "math" for _, math in parts)
    assert [re.findall(r"^<math><mrow><mo[^>]*>(.)</mo>", math) for _, math in parts] == [[], ["⊙"], ["⊙"]]
