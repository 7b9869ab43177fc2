"""`.xml`: questions for Moodle's bank, one a version, with a place for each number (cloze).

The format is that of Moodle's "Moodle XML format" and "Embedded Answers (Cloze)" pages.
"""

import re
from collections.abc import Sequence
from math import lcm
from xml.sax.saxutils import escape

from backprop_tutor.errors import UsageError
from backprop_tutor.render.document import Document
from backprop_tutor.render.question_bank import (
    BankQuestion,
    BankVersion,
    TypesetHtml,
    number_text,
    typeset,
    versions_of,
)

__all__ = ["MoodleExport"]

MAX_PLACES = 500  # in one question
_SPECIAL = re.compile(r"([\\~#}])")


class MoodleExport:
    """The right number with the tolerance of the digits asked, and each usual slip as a wrong answer that
    says so. Raises UsageError for more places than a page of Moodle should have."""

    def content(self, versions: Sequence[Document]) -> str:
        made = versions_of(versions)
        name = made[0].exercise.title
        category = (
            '<question type="category"><category><text>'
            f"{escape(f'$course$/top/{name.replace(chr(47), chr(47) * 2)}')}"
            "</text></category></question>"
        )
        body = [category, *map(_question, made)]
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *body, "</quiz>"]) + "\n"


def _question(version: BankVersion) -> str:
    if sum(map(len, version.questions)) > MAX_PLACES:
        what = f"this exercise asks more than {MAX_PLACES} numbers, too many for one question."
        raise UsageError(what, hint="Ask fewer with `ask` in the exercise.")
    painter = TypesetHtml(version.document.style, blank=True)
    every = [question for group in version.questions for question in group]
    scale = lcm(*(question.weight.denominator for question in every))  # weights are whole numbers there
    places = "\n".join(_places(group, scale) for group in version.questions)
    statement = version.statement(painter).replace("{", "&#123;")  # the author's braces are no places
    text = f"{statement}\n{places}"
    return f"""<question type="cloze">
<name><text>{escape(version.title)}</text></name>
<questiontext format="html"><text>{_cdata(text)}</text></questiontext>
<generalfeedback format="html"><text></text></generalfeedback>
<penalty>0.3333333</penalty>
<hidden>0</hidden>
<idnumber>{escape(_id(version))}</idnumber>
<tags><tag><text>{escape("backpropagation")}</text></tag></tags>
</question>"""


def _id(version: BankVersion) -> str:
    return f"{version.exercise.name}-{version.label}" if version.label else version.exercise.name


def _places(group: Sequence[BankQuestion], scale: int) -> str:
    places = " ".join(f"{typeset(question.latex)} = {_place(question, scale)}" for question in group)
    return f"<p>{places}</p>"


def _place(question: BankQuestion, scale: int) -> str:
    answers = [f"={question.shown}:{question.tolerance:.7g}#Right."]
    for wrong in question.wrong:
        tolerance = f"{max(question.tolerance, abs(wrong.value) * 1e-9):.7g}"
        answers.append(f"%0%{number_text(wrong.value)}:{tolerance}#{_said(wrong.message)}")
    weight = max(1, round(question.weight * scale))
    return f"{{{weight}:NUMERICAL:{'~'.join(answers)}}}"


def _said(text: str) -> str:
    """Feedback as HTML, with the signs of cloze taken for themselves."""
    return _SPECIAL.sub(r"\\\1", escape(text))


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
