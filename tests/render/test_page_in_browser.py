"""The exported page as a person meets it: in a browser, with keys, answers, a printer, a screen reader."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import browser as chromium
import pytest
from browser import Browser

from backprop_tutor import check, load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_html import HtmlExport

pytestmark = pytest.mark.skipif(
    not (chromium.DRIVER and chromium.CHROMIUM), reason="Debian's chromium and chromium-driver are not here"
)
Page = Callable[..., Path]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


@pytest.fixture
def page(tmp_path: Path) -> Page:
    def write(name: str = "exercise1", **options: object) -> Path:
        exercise = load(name) if name in shipped_names() else loads(name)
        path = tmp_path / "page.html"
        path.write_text(HtmlExport().text(Document(solve(exercise), **options)), encoding="utf-8")  # type: ignore[arg-type]
        return path

    return write


def current(browser: Browser) -> str:
    return str(browser.run("return document.querySelector('.current').id || 'given'"))


def shown_captions(browser: Browser) -> int:
    script = (
        "return [...document.querySelectorAll('.picture [data-at]')]"
        ".filter(word => getComputedStyle(word).visibility === 'visible').length"
    )
    return int(browser.run(script))


def test_arrow_keys_step_and_the_picture_follows(browser: Browser, page: Page) -> None:
    browser.open(page())
    assert current(browser) == "given"
    assert shown_captions(browser) == 0
    seen = [0]
    for number in range(1, 14):
        browser.press("right")
        assert current(browser) == f"step-{number}"
        seen.append(shown_captions(browser))
        visible = "return [...document.querySelectorAll('.panel')].filter(p => p.offsetHeight).length"
        assert browser.run(visible) == 1
    assert seen == sorted(seen)
    assert seen[-1] > seen[7] > seen[2] > 0
    browser.press("right")
    assert current(browser) == "step-13"
    browser.press("left", "left")
    assert current(browser) == "step-11"
    assert browser.run("return document.querySelectorAll('.wide .cell.own').length") == 2
    assert browser.run("return document.querySelectorAll('.wide .edge.lit').length") == 7
    browser.press("home")
    assert current(browser) == "given"
    assert browser.run("return document.querySelectorAll('.picture .lit').length") == 0
    browser.press("end")
    assert "W2_new" in str(browser.run("return document.querySelector('.status').textContent"))


def test_buttons_and_the_list_of_steps(browser: Browser, page: Page) -> None:
    browser.open(page())
    browser.run("document.querySelector('[data-go=next]').click()")
    assert current(browser) == "step-1"
    browser.run(
        "const s = document.querySelector('select'); s.value = '5'; s.dispatchEvent(new Event('change'))"
    )
    assert current(browser) == "step-5"
    browser.run("document.querySelector('[data-go=all]').click()")
    assert browser.run("return [...document.querySelectorAll('.panel')].every(p => p.offsetHeight)")


def test_an_address_leads_to_a_step(browser: Browser, page: Page) -> None:
    browser.open(page(), "#step-8")
    assert current(browser) == "step-8"


def test_formulas_are_laid_out(browser: Browser, page: Page) -> None:
    browser.open(page(), "#step-8")
    heights = browser.run(
        "return [...document.querySelectorAll('.current math')].map(m => m.getBoundingClientRect().height)"
    )
    assert len(heights) > 8
    assert min(heights) > 8
    fraction = browser.run(
        "return document.querySelector('.current h3 mfrac').getBoundingClientRect().height"
    )
    letter = browser.run("return document.querySelector('.current mfrac mi').getBoundingClientRect().height")
    assert fraction > 1.6 * letter, "the numerator stands above the denominator"


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("name", ["exercise1", "mazur", "matrix-graph", "softmax-batch"])
def test_nothing_is_asked_for_and_nothing_complains(
    browser: Browser, page: Page, name: str, blank: bool
) -> None:
    path = page(name, blank=blank)
    browser.open(path)
    browser.press("right", "right", "end")
    assert set(browser.requests()) - {"about:blank"} == {path.as_uri()}
    assert browser.log("browser") == []


def answer(browser: Browser, name: str, text: str) -> str:
    """Type an answer; what the page says of it."""
    browser.run(
        'const input = document.querySelector(`input[data-name="${arguments[0]}"]`);'
        "input.value = ''; input.focus()",
        name,
    )
    browser.type(text)
    browser.press("enter")
    found = (
        'return document.querySelector(`input[data-name="${arguments[0]}"]`)'
        ".closest('td').dataset.verdict || ''"
    )
    return str(browser.run(found, name))


def test_answers_are_checked(browser: Browser, page: Page) -> None:
    browser.open(page(blank=True))
    browser.run("document.querySelector('[data-go=all]').click()")
    assert answer(browser, "net1[2]", "1") == "wrong"
    assert answer(browser, "net1[2]", "−1") == "right"
    assert answer(browser, "J", "0.4") == "wrong"
    assert answer(browser, "J", "1/2") == "right"
    assert answer(browser, "J", ".5") == "right"
    assert answer(browser, "W2_new[1,1]", "11/10") == "right"
    assert answer(browser, "W2_new[1,1]", "1.1") == "right"
    assert answer(browser, "∂J/∂W2[1,2]", "0") == "right"
    assert answer(browser, "J", "alert(1)") == ""
    assert "3 of 10" in browser.run("return document.querySelector('.score').textContent")
    filled = "return document.querySelector('[data-q=\"net1[2]\"]').textContent"
    assert browser.run(filled) == "−1", "the picture takes the answer in"


def test_rounded_answers_are_right(browser: Browser, page: Page) -> None:
    browser.open(page("mazur", blank=True))
    browser.run("document.querySelector('[data-go=all]').click()")
    assert answer(browser, "h1[1]", "0.59327") == "right"
    assert answer(browser, "h1[1]", "0.593") == "right"
    assert answer(browser, "h1[1]", "0.5932") == "right", "cut off"
    assert answer(browser, "h1[1]", "0.5934") == "right", "after a net that was rounded"
    assert answer(browser, "h1[1]", "0.5939") == "wrong"
    assert answer(browser, "h1[1]", "0.594") == "wrong"
    assert answer(browser, "h1[1]", "-0.59327") == "wrong"


@pytest.mark.parametrize(
    ("name", "typed", "verdict"),
    [
        ("net1[1]", "1.0", "right"),
        ("net1[1]", "１", "right"),
        ("net1[1]", "２/2", "right"),
        ("net1[1]", "1e0", "right"),
        ("net1[1]", "+1", "right"),
        ("net1[1]", "1,0", ""),
        ("net1[1]", "1.00001", "wrong"),
        ("net1[1]", "0.9999", "wrong"),
        ("net1[1]", "1/0", ""),
        ("W2_new[1,1]", "1.1000", "right"),
        ("W2_new[1,1]", "1.1001", "wrong"),
        ("W2_new[1,1]", "22/20", "right"),
        ("∂J/∂W2[1,2]", "0.00", "right"),
        ("∂J/∂W2[1,1]", "-1", "right"),
        ("∂J/∂W2[1,1]", "1/-1", "right"),
    ],
)
def test_the_page_marks_as_the_tutor_does(
    browser: Browser, page: Page, name: str, typed: str, verdict: str
) -> None:
    browser.open(page(blank=True))
    browser.run("document.querySelector('[data-go=all]').click()")
    assert answer(browser, name, typed) == verdict
    asked = name.replace("∂", "d")
    verdicts = {found.quantity: found.verdict for found in check(load("exercise1"), {asked: typed}).verdicts}
    assert (verdicts[asked] == "correct") == (verdict == "right")


def test_the_page_draws_the_line_where_the_tutor_does(browser: Browser, page: Page) -> None:
    browser.open(page("mazur", blank=True))
    mazur, draw = load("mazur"), random.Random(1)
    solution = solve(mazur)
    for name in ("h1[1]", "J", "dJ/dnet2[2]", "W1_new[2,1]", "W2_new[1,1]"):
        quantity = solution.find(name)
        place = tuple(at for at in quantity.region if at is not None)
        value = float(solution.value(quantity.name)[place])
        texts = [f"{value + draw.gauss(0, 0.002 * abs(value)):.{draw.randint(1, 10)}g}" for _ in range(40)]
        said = browser.run(
            'const input = document.querySelector(`input[data-name="${arguments[0]}"]`);'
            "return arguments[1].map(text => { input.value = text; input.dispatchEvent(new Event('change'));"
            "return input.closest('td').dataset.verdict === 'right'; })",
            name.replace("d", "∂") if "/" in name else name,
            texts,
        )
        for text, right in zip(texts, said, strict=True):
            found = {v.quantity: v.verdict for v in check(mazur, {name: text}).verdicts}
            assert right == (found[name] == "correct"), (name, text)


def test_a_decimal_comma_is_answered_with_a_point(browser: Browser, page: Page) -> None:
    browser.open(page(blank=True))
    browser.run("document.querySelector('[data-go=all]').click()")
    answer(browser, "J", "0,5")
    assert "Write 0.5, with a point." in browser.run("return document.body.innerText")


def test_after_a_step_its_first_answer_can_be_typed(browser: Browser, page: Page) -> None:
    browser.open(page(blank=True))
    focused = "return document.activeElement.dataset.name || ''"
    browser.press("right")
    assert browser.run(focused) == "net1[1]"
    browser.type("1")
    browser.press("right")
    assert current(browser) == "step-1", "the arrow moves in the text"
    browser.run("document.querySelector('[data-go=next]').click()")
    assert browser.run(focused) == "h1[1]"
    browser.press("right", "left", "left")
    assert browser.run(focused) == "net1[1]"


@pytest.mark.parametrize("name", ["matrix-graph", "softmax-batch", "mazur"])
def test_the_picture_is_whole_and_legible_on_a_wide_page(browser: Browser, page: Page, name: str) -> None:
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False
    )
    try:
        browser.open(page(name))
        canvas = "const c = document.querySelector('.canvas'); return c.scrollWidth - c.clientWidth"
        assert browser.run(canvas) == 0
        shrunk = (
            "const s = document.querySelector('.canvas svg');"
            "return s.getBoundingClientRect().width / Number(s.getAttribute('width'))"
        )
        assert browser.run(shrunk) * 14 > 11.5, "letters of 14 pixels"
    finally:
        browser.devtools("Emulation.clearDeviceMetricsOverride")


OUTSIDE = """
const found = [];
for (const card of document.querySelectorAll(".picture g.cell")) {
  const frame = card.querySelector("rect").getBBox();
  for (const word of card.querySelectorAll("text")) {
    const box = word.getBBox();
    if (box.x < frame.x || box.x + box.width > frame.x + frame.width) found.push(word.textContent);
  }
}
return found;
"""


@pytest.mark.parametrize("name", ["attention-causal-heads", "batch-norm-nine-steps", "layer-norm", "mazur"])
def test_words_stay_on_their_cards(browser: Browser, page: Page, name: str) -> None:
    browser.open(page(name))
    browser.run("document.querySelector('[data-go=all]').click()")
    assert browser.run(OUTSIDE) == []


def test_names_and_checks_are_explained(browser: Browser, page: Page) -> None:
    browser.open(page("matrix-graph"))
    text = browser.run("return document.body.innerText")
    assert "confirmed by forward mode" in text
    assert "F: " not in text
    assert "R: " not in text


def test_markup_in_an_exercise_is_text(browser: Browser, page: Page) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    graph = "graph:\n  given: {x: 2}\n  compute: {f: x * x}\n  loss: f\n"
    text = f"title: '{attack}'\ndescription: '{attack}'\n{graph}"
    path = page(text)
    browser.open(path)
    assert browser.run("return document.querySelector('h1').textContent") == attack
    assert browser.run("return document.title") == attack
    assert browser.run("return document.querySelectorAll('img, h1 script, p script').length") == 0
    assert browser.log("browser") == []


def test_it_prints_every_step(browser: Browser, page: Page) -> None:
    browser.open(page())
    assert browser.pdf().startswith(b"%PDF")
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.run("return [...document.querySelectorAll('.panel')].every(p => p.offsetHeight)")
        assert not browser.run("return document.querySelector('.controls').offsetHeight")
    finally:
        browser.devtools("Emulation.setEmulatedMedia", media="")


def test_without_a_script_it_is_a_plain_document(browser: Browser, page: Page) -> None:
    path = page()
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(path)
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.run("return [...document.querySelectorAll('.panel')].every(p => p.offsetHeight)")
    assert not browser.run("return document.querySelector('.controls').offsetHeight")
    assert browser.run("return document.querySelectorAll('.picture .later').length") == 0


@pytest.mark.parametrize(
    "name", ["mazur", "attention-causal-heads", "batch-norm-nine-steps", "rnn-three-steps"]
)
def test_a_phone_gets_a_picture_of_its_own_that_can_be_read(browser: Browser, page: Page, name: str) -> None:
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=True
    )
    try:
        browser.open(page(name))
        shown = (
            "return [...document.querySelectorAll('.picture')].filter(p => p.getBoundingClientRect().width)"
            ".map(p => p.getBoundingClientRect().width / Number(p.getAttribute('width')))"
        )
        (scale,) = browser.run(shown)
        assert scale * 14 > 10, "letters of 14 pixels"
        assert not browser.run("return document.querySelector('[data-go=size]').offsetHeight"), "no button"
        browser.press("right")
        step = int(browser.run("return document.querySelector('.current').dataset.step"))
        lit = "return document.querySelectorAll('.picture .cell.own').length"
        assert step == 0 or browser.run(lit) >= 1
    finally:
        browser.devtools("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", ["exercise1", "mazur", "matrix-graph", "lstm-two-steps"])
def test_no_page_or_picture_is_wider_than_the_window(
    browser: Browser, page: Page, name: str, width: int
) -> None:
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
    )
    try:
        browser.open(page(name))
        browser.run("document.querySelector('[data-go=all]').click()")
        assert browser.run("return document.documentElement.scrollWidth") <= width
        canvas = "const c = document.querySelector('.canvas'); return c.scrollWidth - c.clientWidth"
        assert browser.run(canvas) == 0
        shrunk = browser.run("return !document.querySelector('[data-go=size]').hidden")
        if shrunk:
            browser.run("document.querySelector('[data-go=size]').click()")
            assert browser.run(canvas) > 0
    finally:
        browser.devtools("Emulation.clearDeviceMetricsOverride")


@pytest.mark.skipif(chromium.axe() is None, reason="axe-core (npm) is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, {"blank": True}, {"quantity": "dJ/dW1", "derivations": True}])
def test_no_accessibility_violation(
    browser: Browser, page: Page, options: dict[str, object], scheme: str
) -> None:
    checker = chromium.axe()
    assert checker
    browser.devtools(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )
    try:
        browser.open(page(**options))
        for view in ("", "document.querySelector('[data-go=all]').click();"):
            browser.run(view + "document.querySelectorAll('details').forEach(d => { d.open = true; })")
            browser.run(checker.read_text(encoding="utf-8"))
            found = browser.run_later("const done = arguments[0]; axe.run().then(r => done(r.violations))")
            assert [(v["id"], [n["html"][:100] for n in v["nodes"]][:3]) for v in found] == []
    finally:
        browser.devtools("Emulation.setEmulatedMedia", features=[])
