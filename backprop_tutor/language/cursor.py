"""Where the parser stands in the text, and what it says when it cannot go on."""

from collections.abc import Callable
from fractions import Fraction

from backprop_tutor.errors import LanguageError
from backprop_tutor.language.expr import Num
from backprop_tutor.language.names import Vocabulary
from backprop_tutor.language.numerals import explained
from backprop_tutor.language.tokens import Kind, Token, plain, tokenize

__all__ = ["COMPARED", "COMPARISONS", "Cursor", "Spelling"]

COMPARISONS = {">": "gt", "<": "lt", ">=": "ge", "<=": "le", "==": "eq"}

Spelling = Callable[[str, list[Token]], list[Token]]
"""The tokens of a text as the same tokens with other names in them."""

_OUT_OF_PLACE = {
    ",": "A comma stands only between arguments, indices or the entries in [ ].",
    ";": "A semicolon stands only between the rows of a matrix in [ ].",
    ":": "A colon stands only inside an index, such as x[1:2].",
    "=": "Only the value is wanted here, without an equals sign.",
    "'": "A prime marks the derivative of a function, as in sigmoid'(net1); a transpose is .T.",
}

COMPARED = "Write relu(x), max(x, 0), abs(x) or where(a > b, x, y)."


class Cursor:
    """The tokens of one text, the one that comes next, and the words the text may use."""

    def __init__(self, text: str, words: Vocabulary, spelling: Spelling | None = None) -> None:
        self.text = text
        self.words = words
        tokens = tokenize(text)
        self.tokens = spelling(text, tokens) if spelling else tokens
        self.position = 0
        self.next = self.tokens[0]

    def look(self, ahead: int) -> Token:
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def sees(self, sign: str, ahead: int = 0) -> bool:
        token = self.look(ahead) if ahead else self.next
        return token.text == sign and token.kind is Kind.OP

    def skip(self, count: int = 1) -> None:
        self.position = min(self.position + count, len(self.tokens) - 1)
        self.next = self.tokens[self.position]

    def take(self) -> Token:
        token = self.next
        self.skip()
        return token

    def accept(self, sign: str) -> bool:
        seen = self.sees(sign)
        if seen:
            self.skip()
        return seen

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.unexpected(sign)

    def number(self, token: Token) -> Num:
        """The number at `token`; a decimal keeps its text, which says how precisely it was given."""
        if token.text.isdecimal():
            return Num(Fraction(int(token.text)))
        return Num(Fraction(token.text), token.text)

    # What went wrong

    def error(self, what: str, token: Token, hint: str = "") -> LanguageError:
        return LanguageError(what, text=self.text, start=token.start, end=token.end, hint=hint)

    def unexpected(self, wanted: str = "", token: Token | None = None) -> LanguageError:
        """The error for a token (by default the next) that is not what is wanted."""
        token = token or self.next
        if not self.text.strip():
            return self.error("There is nothing to read.", token)
        if token.kind is Kind.END:
            return self.error(f"This ends too early: {wanted} is missing.", token)
        if token.kind is Kind.OP and token.text in COMPARISONS:
            return self.error("A comparison stands only at the beginning of where( ).", token, COMPARED)
        if wanted in (")", "]"):
            what = f"A {wanted} is missing before this."
        elif token.kind is Kind.OP and token.text in _OUT_OF_PLACE:
            what = _OUT_OF_PLACE[token.text]
        elif not wanted and token.text in (")", "]"):
            what = "This bracket closes nothing."
        else:
            what = f"Here {wanted or 'an operator'} is expected, not {token.text[:12]}."
        return self.misplaced(what, token)

    def misplaced(self, what: str, token: Token, hint: str = "") -> LanguageError:
        """The error for a token that does not belong here, or for the number that it is a part of."""
        return explained(self.error(what, token, hint), plain(self.text))
