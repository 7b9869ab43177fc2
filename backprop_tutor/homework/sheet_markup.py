"""A sheet in HTML, as an answer that was typed into a platform's page, or in Markdown -> its text."""

import re
from html.parser import HTMLParser

__all__ = ["has_rows", "is_html", "text_of_html", "text_of_markdown", "typed_field"]

BREAKS = {"p", "br", "div", "tr", "li", "pre", "table", "h1", "h2", "h3", "h4"}
UNSEEN = {"script", "style", "head"}

_HTML = re.compile(r"\s*<[!a-z][^<>]*>", re.IGNORECASE)
_FIELD = re.compile(r"^Submission Field:[ \t]*\n(.*?)^Comments:[ \t]*$", re.MULTILINE | re.DOTALL)
_ROWS = re.compile(r"^[ \t]*\|[ \t]*quantity[ \t]*\|[ \t]*answer[ \t]*\|", re.IGNORECASE | re.MULTILINE)
_RULE = re.compile(r"[\s|:-]*")
_VERSION = re.compile(r"\bversion (v[0-9a-f]{10})\b")


def is_html(text: str) -> bool:
    return _HTML.match(text) is not None


def has_rows(text: str) -> bool:
    """Whether the table of a sheet in Markdown stands in it."""
    return _ROWS.search(text) is not None


def typed_field(text: str) -> str:
    """What was typed, of the text in which Blackboard packs it, on the lines on which it stands."""
    found = _FIELD.search(text)
    return "\n" * text.count("\n", 0, found.start(1)) + found[1] if found else text


def text_of_html(text: str) -> str:
    """What a reader of the page sees, a line a paragraph; cells of a table are separated by tabs."""
    page = _Page()
    try:
        page.feed(text)
        page.close()
    except AssertionError:  # it says so of a declaration that it does not know
        pass
    return "".join(page.parts)


def text_of_markdown(text: str) -> str:
    """The rows of its tables with tabs between the cells, each on the line on which it stands, and the
    version that the text says."""
    lines = []
    for line in text.splitlines():
        row = line.strip()
        if row.startswith("|") and not _RULE.fullmatch(row):
            cells = (cell.strip().strip("`").strip() for cell in row.strip("|").split("|"))
            lines.append("\t".join(cells))
        else:
            said = _VERSION.search(row)
            lines.append(f"variant\t{said[1]}" if said else "")
    return "\n".join(lines)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        if tag in BREAKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN and self.unseen > 0
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data.replace("\u00a0", " "))
