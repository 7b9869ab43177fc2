"""Slides: a step each, stepped with keys; nothing is loaded; beamer's compile with both engines."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import browser as chromium
import pytest
from browser import Browser

from backprop_tutor import UsageError, load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter

HOSTILE = r"""
title: 'A </script> \input{x} $ # % & "q" <b>'
description: "Two </section> -- \\end{frame} ∂ 中文"
graph:
  given: {x: [1, 2], t: 1}
  parameters: {w: [1/2, -1]}
  compute: {n: x @ w, f: (t - sigmoid(n)) ** 2}
  loss: f
learning_rate: 1/10
"""


def document(name: str, **options: bool) -> Document:
    return Document(solve(load(name) if name in shipped_names() else loads(name)), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*shipped_names(), HOSTILE])
def test_every_step_has_a_slide_and_nothing_is_loaded(name: str) -> None:
    shown = document(name)
    text = exporter("slides").text(shown)
    slides = re.findall(r'<section class="slide">', text)
    assert len(slides) == len(shown.views) + 3  # the task, what is given, the checks
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?(?!http://www\.w3\.org)(?:https?:|//)", text)
    assert text.count("</script>") == 1
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(set(ids)) == len(ids)


def test_a_drawing_has_what_is_known_by_then() -> None:
    slides = exporter("slides").text(document("exercise1")).split('<section class="slide">')
    forward, last = slides[3], slides[-2]
    assert 'class="gradient"' not in forward
    assert forward.count('class="value"') < last.count('class="value"')
    assert 'class="updated"' in last


@pytest.mark.parametrize("ending", ["html", "tex"])
def test_blank_slides_are_refused(ending: str) -> None:
    with pytest.raises(UsageError, match="cannot be blank"):
        exporter("slides", ending).text(document("exercise1", blank=True))


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not (chromium.DRIVER and chromium.CHROMIUM):
        pytest.skip("Debian's chromium and chromium-driver are not here")
    with Browser() as found:
        yield found


def where(browser: Browser) -> str:
    return str(browser.run("return document.querySelector('.where').textContent"))


def seen(browser: Browser) -> int:
    script = (
        "return [...document.querySelectorAll('.slide')]"
        ".filter(slide => getComputedStyle(slide).visibility === 'visible').length"
    )
    return int(browser.run(script))


def test_keys_go_through_the_slides(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "slides.html"
    path.write_text(exporter("slides").text(document("exercise1")), encoding="utf-8")
    browser.open(path)
    assert (where(browser), seen(browser)) == ("1 of 16", 1)
    browser.press("right", "right", "right")
    assert (where(browser), seen(browser)) == ("4 of 16", 1)
    browser.press("left")
    assert where(browser) == "3 of 16"
    browser.press("end")
    assert where(browser) == "16 of 16"
    browser.press("right", "home")
    assert where(browser) == "1 of 16"


def test_values_are_hidden_until_the_next_slide(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "slides.html"
    path.write_text(exporter("slides").text(document("exercise1")), encoding="utf-8")
    browser.open(path)
    browser.press("right", "right")
    value = "return getComputedStyle(document.querySelector('.current td.role-value')).visibility"
    assert browser.run(value) == "visible"
    browser.run("document.querySelector('[data-go=hide]').click()")
    assert browser.run(value) == "hidden"
    browser.run("document.querySelector('[data-go=next]').click()")
    assert browser.run(value) == "visible"


# With LaTeX


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
@pytest.mark.parametrize("name", ["exercise1", "mazur", "attention-one-head", "lstm-two-steps", HOSTILE])
def test_beamer_compiles(name: str, engine: str, tmp_path: Path) -> None:
    if not shutil.which(engine):
        pytest.skip(f"{engine} is not here")
    found = subprocess.run(["kpsewhich", "beamer.cls", "tikz.sty"], capture_output=True, check=False)
    if found.stdout.count(b"\n") < 2:
        pytest.skip("beamer and TikZ are not here")
    text = exporter("slides", "tex").text(document(name))
    (tmp_path / "slides.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "slides.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=240,
        check=False,
    )
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(wide, default=0) < 15, "nothing leaves its slide"
    assert text.count(r"\begin{frame}") >= len(document(name).views) + 2
