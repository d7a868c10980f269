import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import clean, count_words, one_line, shorten


@pytest.mark.parametrize(
    ("dirty", "plain"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("bell\x07 nul\x00 csi\x9b31m", "bell nul csi"),
        ("👩\u200d🔧 stays", "👩\u200d🔧 stays"),
    ],
)
def test_clean_takes_out_what_could_harm_a_terminal(dirty: str, plain: str) -> None:
    assert clean(dirty) == plain


@given(st.text())
def test_cleaned_text_holds_no_control_character(text: str) -> None:
    assert not [ch for ch in clean(text) if (ord(ch) < 32 and ch not in "\n\t") or 127 <= ord(ch) < 160]


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in one_line(text)


def test_a_dash_is_no_word() -> None:
    assert count_words("Dear Ann, – it's 5 o'clock") == 5


def test_shorten_cuts_at_a_word() -> None:
    assert shorten("one two three", 9) == "one two…"
    assert shorten("short", 9) == "short"
