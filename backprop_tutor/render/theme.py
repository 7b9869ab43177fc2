"""How the roles of what is shown look, on a terminal, on a page and on paper: the one place for colours and
emphasis.

Every colour has a contrast of at least 4.5 on white and on black (`tests/render/test_theme.py`), and no
meaning rests on a colour alone: each role differs in weight or slant as well, or has a word or a sign.
"""

from collections.abc import Mapping

__all__ = ["COLOURS", "ON_DARK", "ON_LIGHT", "STYLES", "css", "latex"]

COLOURS = {
    "blue": "#5f5fff",
    "magenta": "#d700af",
    "green": "#00875f",
    "red": "#af5f5f",
    "violet": "#875fd7",
    "grey": "#767676",
}
"""Those of the 256 that a terminal has; by name in `STYLES`."""

ON_LIGHT = {
    "blue": "#3b3bd6",
    "magenta": "#b3008f",
    "green": "#006b47",
    "red": "#a8323e",
    "violet": "#6639ba",
    "grey": "#4a535d",
}
"""The same on a page, whose paper is known."""

ON_DARK = {
    "blue": "#8f9dff",
    "magenta": "#ff8fe0",
    "green": "#4fd1a0",
    "red": "#ff9a9a",
    "violet": "#c297ff",
    "grey": "#b1bac4",
}

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
    "total": "bold",
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
    "definition": "italic",
    "bar": "blue",
    "dead": "grey",
}
"""Words of emphasis and at most one colour for each role; a role that is not here is plain."""


def css(on_light: Mapping[str, str] = ON_LIGHT, on_dark: Mapping[str, str] = ON_DARK) -> str:
    """A class for each role, `.role-asked`, and the colours by name, on light paper and on dark."""
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in colours.items())
        for colours in (on_light, on_dark)
    )
    declared = {"bold": "font-weight: 600;", "italic": "font-style: italic;"}
    rules = [
        f".role-{role} {{ {' '.join(declared.get(w) or f'color: var(--{w});' for w in words.split())} }}"
        for role, words in STYLES.items()
        if words
    ]
    return "\n".join(
        [f":root {{ {light} }}", f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}", *rules]
    )


def latex() -> str:
    """A command for each role, `\\roleasked{...}`, in the colours for light paper."""
    declared = {"bold": r"\bfseries\boldmath", "italic": r"\itshape"}
    colours = [rf"\definecolor{{{name}}}{{HTML}}{{{code[1:].upper()}}}" for name, code in ON_LIGHT.items()]
    roles = [
        rf"\newcommand{{\role{role}}}[1]{{{{"
        + "".join(declared.get(word) or rf"\color{{{word}}}" for word in words.split())
        + " #1}}"
        for role, words in STYLES.items()
        if role.isalpha()
    ]
    return "\n".join([*colours, *roles])
