"""Whether any page of a built site would ask another server for something: `no_requests.py FOLDER`."""

import re
import sys
from pathlib import Path

LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?(?:src|data)=["'](?:https?:)?//[^"']*"""
    r"""|<link\b(?=[^>]*rel=["'](?:stylesheet|preload|preconnect|icon|manifest))[^>]*href=["'](?:https?:)?//[^"']*"""
    r"""|@import[^;]*(?:https?:)?//[^;]*|url\(\s*["']?(?:https?:)?//[^)]*""",
    re.IGNORECASE,
)


def main(folder: str) -> int:
    pages = [path for path in sorted(Path(folder).rglob("*")) if path.suffix in (".html", ".css")]
    found = [
        f"{path}: {loaded[0][:120]}" for path in pages for loaded in LOADED.finditer(path.read_text("utf-8"))
    ]
    print("\n".join(found) or f"{len(pages)} pages and style sheets ask nobody for anything.")
    return 1 if found or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
