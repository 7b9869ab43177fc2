"""The pictures of a graph: where everything lies, and what draws it in characters, in SVG and in TikZ."""

__all__ = []
