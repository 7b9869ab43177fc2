"""`paper`: a printed exam in LaTeX, its versions A, B, … in one file, and the solutions of all in another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.exam import Exam
from backprop_tutor.render.latex_document import latex_document

__all__ = ["PaperExport"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PaperExport:
    """`exam.tex` and `solutions.tex`: each version begins on a page of its own."""

    def content(self, versions: Sequence[Document]) -> Mapping[str, str]:
        letters = map("Version {}".format, _letters()) if len(versions) > 1 else iter([""])
        labels = (document.student or letter for document, letter in zip(versions, letters, strict=False))
        exams = [Exam(document, label) for document, label in zip(versions, labels, strict=True)]
        return {
            "exam.tex": _file(line for exam in exams for line in exam.sheet()),
            "solutions.tex": _file(line for exam in exams for line in exam.solutions()),
        }


def _file(lines: Iterable[str]) -> str:
    return latex_document("\n".join(lines), preamble=asset("exam.tex"))


def _letters() -> Iterator[str]:
    """A to Z, then AA, AB, …"""
    yield from LETTERS
    for first in _letters():
        yield from (first + letter for letter in LETTERS)
