"""A PrairieLearn question, run as its server runs it: generate, then grade, with data that is JSON."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from backprop_tutor import UsageError, load, solve
from backprop_tutor.files import write_all
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter

INFO = {"uuid", "type", "title", "topic", "tags", "partialCredit"}  # of what its schema allows
ATTRIBUTES = {"answers-name", "label", "allow-blank", "remove-leading-trailing", "display", "show-help-text"}


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.inputs: list[dict[str, str | None]] = []
        self.feed(text)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag == "pl-string-input":
            self.inputs.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=["exercise1", "softmax-batch"])
def question(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("question")
    write_all(folder, exporter("prairielearn").content([Document(solve(load(request.param)))]))
    return folder


def called(question: Path, function: str, data: dict[str, Any]) -> dict[str, Any]:
    """As its worker does: the code of server.py, and data that goes through JSON."""
    space: dict[str, Any] = {}
    exec((question / "server.py").read_text(encoding="utf-8"), space)
    space[function](data)
    again: dict[str, Any] = json.loads(json.dumps(data))
    return again


def generated(question: Path, seed: int) -> dict[str, Any]:
    keys = ("params", "correct_answers", "submitted_answers", "partial_scores", "feedback", "format_errors")
    data: dict[str, Any] = {key: {} for key in keys}
    data |= {"variant_seed": seed, "score": 0, "options": {"question_path": str(question)}}
    return called(question, "generate", data)


def test_the_folder_is_a_question(question: Path) -> None:
    info = json.loads((question / "info.json").read_text(encoding="utf-8"))
    assert set(info) == INFO
    assert info["type"] == "v3"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", info["uuid"])
    page = Elements((question / "question.html").read_text(encoding="utf-8"))
    assert all(set(one) == ATTRIBUTES for one in page.inputs)
    names = [one["answers-name"] for one in page.inputs]
    assert set(names) == set(generated(question, 1)["correct_answers"])


def test_variants_differ_and_right_answers_are_right(question: Path) -> None:
    first, second, again = (generated(question, seed) for seed in (1, 2, 1))
    assert first["params"] == again["params"]
    assert first["correct_answers"] != second["correct_answers"]
    for data in (first, second):
        data["submitted_answers"] = dict(data["correct_answers"])
        marked = called(question, "grade", data)
        assert marked["score"] == pytest.approx(1)
        assert all(one["score"] == 1 for one in marked["partial_scores"].values())


def test_a_slip_is_paid_for_once(question: Path) -> None:
    data = generated(question, 3)
    data["submitted_answers"] = dict(data["correct_answers"]) | {"a1": "12345"}
    marked = called(question, "grade", data)
    count = len(marked["partial_scores"])
    assert marked["partial_scores"]["a1"]["score"] == 0
    assert 1 - 2.5 / count < marked["score"] < 1
    assert "✗" in marked["feedback"]["report"]


def test_any_text_is_marked(question: Path) -> None:
    data = generated(question, 4)
    data["submitted_answers"] = {"a1": "<script>", "a2": None, "a3": "(" * 500, "a9999": "1"}
    marked = called(question, "grade", data)
    assert marked["score"] == 0
    assert "<script>" not in marked["feedback"]["report"]


def test_versions_are_the_servers() -> None:
    document = Document(solve(load("exercise1")))
    with pytest.raises(UsageError, match="draws its versions itself"):
        exporter("prairielearn").content([document, document])


def test_arrays_in_files_go_along(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,2\n", encoding="utf-8")
    graph = "given: {x: {file: data.csv}}, parameters: {w: [1, 2]}, compute: {J: sum(w*x)}, loss: J"
    (tmp_path / "e.yaml").write_text(f"title: t\ngraph: {{{graph}}}\n", encoding="utf-8")
    content = exporter("prairielearn").content([Document(solve(load(tmp_path / "e.yaml")))])
    assert content["data.csv"] == b"1,2\n"
