"""Objects that notebooks show as HTML and LaTeX, without their modules knowing the renderers.

The renderers lie above them: `import backprop_tutor` registers here what imports one when it is needed.
"""

from collections.abc import Callable
from typing import Literal

__all__ = ["Shown", "register"]

Kind = Literal["html", "latex"]

_renderers: dict[Kind, Callable[[object], str]] = {}


def register(kind: Kind, renderer: Callable[[object], str]) -> None:
    """Let `renderer` show every `Shown` object as `kind`."""
    _renderers[kind] = renderer


class Shown:
    """Has the methods that Jupyter looks for; without a renderer they give None, and Jupyter prints repr."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return self._shown("html")

    def _repr_latex_(self) -> str | None:
        return self._shown("latex")

    def _shown(self, kind: Kind) -> str | None:
        renderer = _renderers.get(kind)
        return renderer(self) if renderer else None
