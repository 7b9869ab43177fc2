"""The printed exam: versions A and B, a field for the name, marks, room to work in, on few pages."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.files import write_all
from backprop_tutor.grading import asked
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import BankExporter, exporter

NETWORK = """
title: A 2-3-2 network, 50% & more
network:
  layers:
    - {{activation: sigmoid, weights: [[0.1, 0.2], [0.3, -0.1], [0.4, 0.5]], bias: [0.1, 0.2, -0.3]}}
    - {{activation: {last}, weights: [[0.2, -0.3, 0.1], [0.5, 0.4, -0.2]], bias: [0.1, -0.1]}}
data:
{data}
loss: {loss}
learning_rate: 1/10
marks: {{J: 3, 'dJ/dW1[1,1]': 1/2}}
variants: {{x: {{integers: [-3, 3]}}}}
"""
ONE = "  - {x: [1, -2], t: [1, 0]}"
THREE = f"{ONE}\n  - {{x: [2, 1], t: [0, 1]}}\n  - {{x: [-1, 1], t: [1, 0]}}"
NETWORKS = {
    "softmax": NETWORK.format(last="softmax", data=ONE, loss="cross_entropy"),
    "sigmoid, three examples": NETWORK.format(last="sigmoid", data=THREE, loss="half_mse"),
}
needs_tex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not here")


def paper(*documents: Document) -> dict[str, str]:
    kind = exporter("paper")
    assert isinstance(kind, BankExporter)
    content = kind.content(documents)
    assert isinstance(content, dict)
    return content


def pages(text: str, folder: Path) -> int:
    """How many pages pdflatex makes of it; nothing sticks out of them."""
    (folder / "exam.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "exam.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull \\hbox" not in log
    found = re.search(r"Output written on exam\.pdf \((\d+) page", log.replace("\n", ""))
    assert found
    return int(found[1])


@needs_tex
@pytest.mark.parametrize("name", NETWORKS)
def test_a_small_network_takes_two_pages_and_its_solution_four_at_most(name: str, tmp_path: Path) -> None:
    files = paper(Document(solve(loads(NETWORKS[name]))))
    assert pages(files["exam.tex"], tmp_path) == 2
    assert pages(files["solutions.tex"], tmp_path) <= 4


@needs_tex
@pytest.mark.parametrize("name", ["exercise3", "attention-one-head", "lstm-two-steps", "conv-2d-max-pool"])
def test_every_kind_of_exercise_is_printed(name: str, tmp_path: Path) -> None:
    for text in paper(Document(solve(load(name)))).values():
        pages(text, tmp_path)


@pytest.mark.parametrize("name", shipped_names())
def test_every_quantity_asked_is_a_question_with_its_marks(name: str) -> None:
    solution = solve(load(name))
    questions = asked(solution)
    files = paper(Document(solution))
    count = len({question.quantity for question in questions})
    assert len(re.findall(r"(?m)^\\question\{", files["exam.tex"])) == count
    assert len(re.findall(r"(?m)^\\solution\{", files["solutions.tex"])) == count
    body = files["exam.tex"].partition("\\begin{document}")[2]
    assert body.count("\\answer") == sum(len(question.elements) for question in questions)


def test_marks_are_those_of_the_exercise() -> None:
    solution = solve(loads(NETWORKS["softmax"]))
    text = paper(Document(solution))["exam.tex"]
    assert "$J = \\answer$}{3 marks}" in text
    assert "{5.5 marks}" in text
    assert "\\beginexam{A 2{-}3{-}2 network, 50\\% \\& more}{}{}{56.5}" in text
    assert "Name:" in text


def test_versions_have_letters_and_other_numbers() -> None:
    drawn = draw_class(loads(NETWORKS["softmax"]), 7, ["1", "2"])
    files = paper(*(Document(solve(one.version.exercise)) for one in drawn))
    for text in files.values():
        assert re.findall(r"\{Version (\w)\}\{version ([0-9a-z-]+)\}", text) == [
            (letter, one.version.id) for letter, one in zip("AB", drawn, strict=True)
        ]
    first, second = files["exam.tex"].split("{Version B}")
    data = [re.search(r"\$x = [^$]+\$", part) for part in (first, second)]
    assert len({found[0] for found in data if found}) == 2


def test_the_solutions_stand_beside_the_exam(tmp_path: Path) -> None:
    files = paper(Document(solve(load("exercise1"))))
    write_all(tmp_path / "midterm.tex", files)
    write_all(tmp_path / "folder", files)
    assert {path.name for path in tmp_path.iterdir()} == {"midterm.tex", "midterm-solutions.tex", "folder"}
    assert (tmp_path / "midterm.tex").read_text() == (tmp_path / "folder" / "exam.tex").read_text()


@needs_tex
def test_a_wide_array_fits_the_page(tmp_path: Path) -> None:
    rows = [[row * column for column in range(24)] for row in range(12)]
    text = f"title: t\ngraph:\n  given: {{x: {rows}}}\n  compute: {{s: sum(x)}}\n  loss: s\nask: [s, ds/dx]\n"
    for file in paper(Document(solve(loads(text)))).values():
        assert pages(file, tmp_path) == 1
