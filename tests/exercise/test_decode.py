import pytest

from backprop_tutor.errors import Fault
from backprop_tutor.exercise.decode import MAX_BYTES, decode


def test_utf_8_is_decoded_and_its_byte_order_mark_left_out() -> None:
    assert decode("\ufeffσ".encode()) == "σ"
    assert decode("\ufeffσ") == "σ"


@pytest.mark.parametrize(
    ("source", "what", "place"),
    [
        (b"", "empty", (0, 0)),
        (b"\0", "binary", (0, 0)),
        (b"\xff\xfea\0", "UTF-16", (0, 0)),
        (b"ok\nab\xff", "0xff is not UTF-8", (2, 3)),
        (b"\xef\xbb\xbfab\xff", "0xff is not UTF-8", (1, 3)),
        ("ab\n\x07", "U+0007", (2, 1)),
        (b"a" * (MAX_BYTES + 1), "more than 256 KB", (0, 0)),
    ],
)
def test_what_is_no_text_is_said_so(source: bytes | str, what: str, place: tuple[int, int]) -> None:
    fault = decode(source)
    assert isinstance(fault, Fault)
    assert what in fault.what
    assert (fault.line, fault.column) == place
