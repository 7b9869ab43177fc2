"""Reads the places of a cloze text as Moodle does: by the rules of its page on embedded answers."""

import re
from html import unescape
from typing import NamedTuple

NUMBER = r"-?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
UNESCAPED = r"(?:\\[\\~#}]|[^\\~#}])"
FRACTION = r"=|%(-?[0-9]+(?:[.,][0-9]*)?)%"
ALTERNATIVE = re.compile(rf"(?:{FRACTION})?({UNESCAPED}+?)(?:#({UNESCAPED}*))?(?=~|\Z)")
PLACE = re.compile(rf"\{{([0-9]*):(NUMERICAL|NM):((?:{UNESCAPED}|[~#])*)\}}")


class Alternative(NamedTuple):
    share: float
    value: float
    tolerance: float
    feedback: str


class Place(NamedTuple):
    weight: int
    alternatives: tuple[Alternative, ...]

    def mark(self, answer: float) -> Alternative | None:
        """The first alternative that the answer is, as Moodle looks for it."""
        return next((a for a in self.alternatives if abs(answer - a.value) <= a.tolerance), None)


def places(text: str) -> list[Place]:
    found = []
    for weight, _, body in PLACE.findall(text):
        alternatives, at = [], 0
        while at < len(body):
            match = ALTERNATIVE.match(body, at)
            assert match, body[at:]
            value, _, tolerance = match[2].partition(":")
            assert re.fullmatch(NUMBER, value), value
            assert re.fullmatch(NUMBER, tolerance), tolerance
            share = 1.0 if body[at] == "=" else float(match[1] or 0) / 100
            feedback = unescape(re.sub(r"\\(.)", r"\1", match[3] or ""))
            alternatives.append(Alternative(share, float(value), float(tolerance), feedback))
            at = match.end() + 1
        found.append(Place(int(weight or 1), tuple(alternatives)))
    return found
