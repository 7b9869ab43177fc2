"""`.zip`: a QTI 1.2 package for Canvas and Blackboard, with a quiz a version.

The elements are those of the IMS "Question & Test Interoperability" 1.2 specification; the metadata fields
are Canvas's. Answers that a platform would round to four decimals are asked in a larger unit.
"""

import math
import zipfile
from collections.abc import Iterator, Sequence
from html import escape as html
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from backprop_tutor.render.document import Document
from backprop_tutor.render.question_bank import (
    BankQuestion,
    BankVersion,
    TypesetHtml,
    number_text,
    typeset,
    versions_of,
)

__all__ = ["QtiExport"]

KEPT = 4  # decimals of an answer that Canvas keeps
QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CONTENT = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
STAMP = (1980, 1, 1, 0, 0, 0)  # the same exercise gives the same file


class QtiExport:
    def content(self, versions: Sequence[Document]) -> bytes:
        made = [(f"quiz{number}", version) for number, version in enumerate(versions_of(versions), 1)]
        files = {"imsmanifest.xml": _manifest(made)}
        for ident, version in made:
            files[f"{ident}/{ident}.xml"] = _assessment(ident, version)
            files[f"{ident}/assessment_meta.xml"] = _meta(ident, version)
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name, STAMP), text, zipfile.ZIP_DEFLATED)
        return stream.getvalue()


def _manifest(made: Sequence[tuple[str, BankVersion]]) -> str:
    resources = "\n".join(
        f'<resource identifier="{ident}" type="imsqti_xmlv1p2"><file href="{ident}/{ident}.xml"/>'
        f'<dependency identifierref="{ident}_meta"/></resource>\n'
        f'<resource identifier="{ident}_meta" href="{ident}/assessment_meta.xml" '
        'type="associatedcontent/imscc_xmlv1p1/learning-application-resource">'
        f'<file href="{ident}/assessment_meta.xml"/></resource>'
        for ident, _ in made
    )
    return (
        f'{HEAD}<manifest identifier="package" xmlns="{CONTENT}">\n<metadata><schema>IMS Content</schema>'
        "<schemaversion>1.1.3</schemaversion></metadata>\n<organizations/>\n"
        f"<resources>\n{resources}\n</resources>\n</manifest>\n"
    )


def _meta(ident: str, version: BankVersion) -> str:
    points = number_text(float(sum(q.weight for group in version.questions for q in group)))
    return (
        f'{HEAD}<quiz identifier="{ident}" xmlns="{CANVAS}"><title>{escape(version.title)}</title>'
        f"<quiz_type>assignment</quiz_type><points_possible>{points}</points_possible></quiz>\n"
    )


def _assessment(ident: str, version: BankVersion) -> str:
    painter = TypesetHtml(version.document.style, blank=True)
    items = [_text_item(f"{ident}_task", version.exercise.title, version.statement(painter))]
    number = 0
    for group in version.questions:
        scale = _scale(group)
        for question in group:
            number += 1
            items.append(_item(f"{ident}_{number}", question, scale))
    body = "\n".join(items)
    return (
        f'{HEAD}<questestinterop xmlns="{QTI}">\n'
        f'<assessment ident="{ident}" title={quoteattr(version.title)}>\n'
        f"{_metadata(cc_maxattempts='1')}\n"
        f'<section ident="root_section">\n{body}\n</section>\n</assessment>\n</questestinterop>\n'
    )


def _scale(group: Sequence[BankQuestion]) -> int:
    """The power of ten by which the numbers of a quantity are asked larger, so that the digits that count
    are among those that are kept."""
    needed = 0
    for question in group:
        exact = question.exact
        is_short = exact is not None and 10**KEPT % exact.denominator == 0
        if not is_short and question.value:
            needed = max(needed, math.ceil(1 - KEPT - math.log10(question.tolerance)))
    return needed


def _item(ident: str, question: BankQuestion, scale: int) -> str:
    factor = 10.0**scale
    value, margin = question.value * factor, max(question.tolerance * factor, 10.0**-KEPT / 2)
    low, high = number_text(value - margin), number_text(value + margin)
    right, points = number_text(value), number_text(float(question.weight))
    asked = f"<p>{typeset(question.latex)}</p>"
    if scale:
        scaled = rf"{10**scale} \cdot {question.latex}"
        asked = f"<p>{typeset(scaled)}</p><p>{_scaled(question, scale)}</p>"
    feedback = "".join(f"<li>{html(said)}</li>" for said in _slips(question, factor))
    condition = (
        f'<or><varequal respident="response1" margintype="absolute" margin="{number_text(margin)}">{right}'
        f'</varequal><and><vargte respident="response1">{low}</vargte>'
        f'<varlte respident="response1">{high}</varlte></and></or>'
    )
    wrong = f"<p>Compare your number with those of usual slips:</p><ul>{feedback}</ul>" if feedback else ""
    return (
        f'<item ident="{ident}" title={quoteattr(question.name)}>\n'
        f"{_metadata(question_type='numerical_question', points_possible=points)}\n"
        f'<presentation>{_material(asked)}<response_str ident="response1" rcardinality="Single">'
        '<render_fib fibtype="Decimal"><response_label ident="answer1"/></render_fib></response_str>'
        "</presentation>\n<resprocessing><outcomes>"
        '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>\n'
        f'<respcondition continue="No"><conditionvar>{condition}</conditionvar>'
        '<setvar action="Set" varname="SCORE">100</setvar></respcondition>\n'
        '<respcondition continue="Yes"><conditionvar><other/></conditionvar>'
        '<displayfeedback feedbacktype="Response" linkrefid="general_incorrect_fb"/></respcondition>'
        f"</resprocessing>\n{_feedback('general_incorrect_fb', wrong or '<p>Not this number.</p>')}\n</item>"
    )


def _scaled(question: BankQuestion, scale: int) -> str:
    return html(f"Type {question.name} multiplied by {10**scale}: small numbers would be rounded here.")


def _slips(question: BankQuestion, factor: float) -> Iterator[str]:
    for wrong in question.wrong:
        yield f"{number_text(wrong.value * factor)}: {wrong.message}"


def _text_item(ident: str, title: str, text: str) -> str:
    return (
        f'<item ident="{ident}" title={quoteattr(title)}>\n'
        f"{_metadata(question_type='text_only_question', points_possible='0')}\n"
        f"<presentation>{_material(text)}</presentation>\n</item>"
    )


def _metadata(**fields: str) -> str:
    listed = "".join(
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{escape(value)}</fieldentry></qtimetadatafield>"
        for name, value in fields.items()
    )
    inner = f"<qtimetadata>{listed}</qtimetadata>"
    return inner if "cc_maxattempts" in fields else f"<itemmetadata>{inner}</itemmetadata>"


def _material(text: str) -> str:
    return f'<material><mattext texttype="text/html">{escape(text)}</mattext></material>'


def _feedback(ident: str, text: str) -> str:
    return f'<itemfeedback ident="{ident}"><flow_mat>{_material(text)}</flow_mat></itemfeedback>'
