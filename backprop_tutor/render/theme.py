"""How the roles of what is shown look on a terminal: the one place for colours, emphasis and boxes.

Every colour has a contrast of at least 4.5 on white and on black (`tests/render/test_theme.py`), and no
meaning rests on a colour alone: each role differs in weight or slant as well, or has a word or a sign.
"""

__all__ = ["COLOURS", "STYLES"]

COLOURS = {
    "blue": "#5f5fff",
    "magenta": "#d700af",
    "green": "#00875f",
    "red": "#af5f5f",
    "violet": "#875fd7",
    "grey": "#767676",
}
"""Those of the 256 that a terminal has; by name in `STYLES`."""

STYLES = {
    "title": "bold",
    "section": "bold",
    "rule": "italic",
    "quiet": "grey",
    "border": "grey",
    "question": "bold",
    "asked": "bold blue",
    "upstream": "italic magenta",
    "local": "green",
    "path": "blue",
    "term": "",
    "value": "bold",
    "old": "",
    "change": "italic magenta",
    "yours": "bold",
    "mark": "green",
    "graph": "bold",
    "note": "bold",
    "remark": "grey",
    "proved": "green",
    "unproved": "grey",
    "check": "grey",
    "correct": "bold green",
    "follow-through": "bold violet",
    "undecided": "bold violet",
    "wrong": "bold red",
    "invalid": "bold red",
    "blank": "grey",
    "certain": "bold",
    "gradient": "italic magenta",
    "name": "bold",
    "hint": "italic",
    "bar": "blue",
    "dead": "grey",
}
"""Words of emphasis and at most one colour for each role; a role that is not here is plain."""
