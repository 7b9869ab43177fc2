"""A page that is one file: it can load nothing, and runs only its own script."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape

__all__ = ["offline_page"]


def offline_page(title: str, style: str, script: str, body: Iterable[str]) -> str:
    """The page with these lines of HTML in its body. Its content security policy holds it to what it is."""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; "
        f"script-src 'sha256-{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style></head>",
            "<body>",
            *body,
            f"<script>{script}</script>",
            "</body></html>\n",
        ]
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
