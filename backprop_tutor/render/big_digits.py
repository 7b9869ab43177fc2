"""Numbers in letters five lines high, for the back row."""

__all__ = ["big"]

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
    "/": "  █|  █| █ |█  |█  ",
    "=": "   |███|   |███|   ",
    "≈": "   |██ | ██|██ | ██",
    "~": "   |██ | ██|██ | ██",
    "e": "   |███|███|█  |███",
    "?": "███|  █| ██|   | █ ",
    " ": "  |  |  |  |  ",
}


def big(text: str, block: str = "█") -> list[str]:
    """The five lines of `text`; signs without a large form are left out."""
    letters = [_LETTERS[sign].split("|") for sign in text if sign in _LETTERS]
    lines = [" ".join(letter[row] for letter in letters) for row in range(5)]
    return ["".join(sign * 2 for sign in line).replace("█", block).rstrip() for line in lines]
