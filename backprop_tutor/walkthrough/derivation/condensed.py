"""A long derivation in fewer lines: steps that belong together taken at once, so that it fits a page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from backprop_tutor.language import Sentence, display_width, to_text, wrap
from backprop_tutor.walkthrough.derivation.derivation_form import Line, Section

__all__ = ["condensed"]

PAGE = 54  # lines of 80 columns that a derivation may take
ROOM = 80 - 7  # columns behind an equals sign
LONGEST = 60  # letters of the rules of a line


def condensed(sections: Sequence[Section]) -> list[Section]:
    """`sections` with fewer and fewer lines until all of it fits a page: the longest ones first, the last one
    after the others. Each line follows from the one above it, if by several rules."""
    found = list(sections)
    for way in (_by_rule, _ends, _result):
        order = sorted(range(len(found)), key=lambda place: (place == len(found) - 1, -_rows(found[place])))
        for place in order:
            if sum(map(_rows, found)) <= PAGE:
                return found
            found[place] = replace(found[place], lines=tuple(way(found[place].lines)))
    return found


def _by_rule(lines: tuple[Line, ...]) -> Iterator[Line]:
    """Tidying goes with the rule before it."""
    starts = [0, *(place for place, line in enumerate(lines) if place and not line.minor), len(lines)]
    for start, stop in pairwise(starts):
        yield _at_once(lines[start:stop])


def _ends(lines: tuple[Line, ...]) -> Iterator[Line]:
    """The first line, and all others at once."""
    yield lines[0]
    if lines[1:]:
        yield _at_once(lines[1:])


def _result(lines: tuple[Line, ...]) -> Iterator[Line]:
    yield _at_once(lines)


def _at_once(lines: tuple[Line, ...]) -> Line:
    """The last of the lines, by the rules of all."""
    rules = list(dict.fromkeys(line.rule for line in lines if not line.minor)) or [lines[0].rule]
    said = Sentence.joined(", ", rules)
    while len(said) > LONGEST and len(rules) > 1:
        rules.pop()
        said = Sentence.joined(", ", [*rules, "…"])
    is_minor = all(line.minor for line in lines)
    return replace(lines[-1], rule=said, minor=is_minor, assumes=any(line.assumes for line in lines))


def _rows(section: Section) -> int:
    """The lines that a section takes on a page of 80 columns, with its head and the empty line above it."""
    lengths = []
    for line in section.lines:
        rows = wrap(to_text(line.expr), ROOM, indent="  ")
        lengths.append(len(rows) + (display_width(rows[-1]) + 2 + display_width(str(line.rule)) > ROOM))
    is_short = len(lengths) == 1 and lengths[0] == 1
    return sum(lengths) + (1 if is_short else 2)
