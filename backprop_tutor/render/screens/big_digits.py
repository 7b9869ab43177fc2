"""Numbers in letters of five points' height, for the back row."""

__all__ = ["big", "small"]

_LETTERS = {
    "0": "███|█ █|█ █|█ █|███",
    "1": " █ |██ | █ | █ |███",
    "2": "███|  █|███|█  |███",
    "3": "███|  █|███|  █|███",
    "4": "█ █|█ █|███|  █|  █",
    "5": "███|█  |███|  █|███",
    "6": "███|█  |███|█ █|███",
    "7": "███|  █|  █|  █|  █",
    "8": "███|█ █|███|█ █|███",
    "9": "███|█ █|███|  █|███",
    "-": "   |   |███|   |   ",
    ".": " | | | |█",
    ",": "  |  |  | █|█ ",
    ";": "  | █|  | █|█ ",
    "[": "██|█ |█ |█ |██",
    "]": "██| █| █| █|██",
    "…": "     |     |     |     |█ █ █",
    "/": "  █|  █| █ |█  |█  ",
    "=": "   |███|   |███|   ",
    "≈": "   |██ | ██|██ | ██",
    "~": "   |██ | ██|██ | ██",
    "e": "   |███|███|█  |███",
    "?": "███|  █| ██|   | █ ",
    " ": "  |  |  |  |  ",
    "\u2007": "   |   |   |   |   ",  # as wide as a digit
}
_HALVES = {(" ", " "): " ", ("█", " "): "▀", (" ", "█"): "▄", ("█", "█"): "█"}


def big(text: str, block: str = "█", scale: int = 1) -> list[str]:
    """The lines of `text`, a point `scale` lines high; signs without a large form are left out."""
    lines = ["".join(sign * 2 * scale for sign in line).rstrip() for line in _points(text)]
    return [line.replace("█", block) for line in lines for _ in range(scale)]


def small(text: str, blocks: bool = True) -> list[str]:
    """The same with a point one column wide: two points share a line where there are half `blocks`."""
    points = _points(text)
    if not blocks:
        return [line.replace("█", "#") for line in points]
    points.append(" " * len(points[0]))
    return [
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(points[::2], points[1::2], strict=True)
    ]


def _points(text: str) -> list[str]:
    letters = [_LETTERS[sign].split("|") for sign in text if sign in _LETTERS]
    return [" ".join(letter[row] for letter in letters) for row in range(5)]
