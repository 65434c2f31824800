"""HTML of strangers: its words, and nothing that harms or spies."""

import time

import pytest

from amends.intake.mail.html import clean
from amends.intake.mail.quotes import cut


def test_it_reads_blocks_lists_links_and_breaks() -> None:
    source = (
        "<style>p{color:red}</style><p>Merhaba,<br>kargom gelmedi.</p><div>a</div><div><br></div><div>b</div>"
        '<ul><li>bir<li>iki</ul><a href="https://example.org/x">burada</a>'
    )

    assert clean(source).text == "Merhaba,\nkargom gelmedi.\n\na\n\nb\n\n- bir\n- iki\n\nburada <https://example.org/x>"


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<svg onload="alert(1)"><circle/></svg>',
        '<div style="position:fixed;top:0;background:url(https://spy.example/a)">x</div>',
        '<iframe src="https://spy.example"></iframe>',
        '<form action="https://spy.example"><input name=p></form>',
        '<base href="https://spy.example/"><link rel=stylesheet href=//spy.example/a.css>',
        '<meta http-equiv="refresh" content="0;url=https://spy.example">',
        "<p style=\"font-family:'x';behavior:url(x)\" onclick=alert(1)>x</p>",
        '<table background="https://spy.example/a.gif"><tr><td>x</table>',
    ],
)
def test_nothing_harmful_is_left(harm: str) -> None:
    shown = clean(f"<p>words</p>{harm}").html

    assert "<p>words</p>" in shown
    for trace in ("script", "onerror", "onclick", "onload", "spy.example", "position", "javascript", "style=", "<form"):
        assert trace not in shown


def test_remote_pictures_are_left_out_and_counted_and_own_ones_stay() -> None:
    read = clean('<p>x</p><img src="https://spy.example/t.gif" alt="Logo"><img src="cid:photo@x">')

    assert read.remote_images == 1
    assert read.content_ids == {"photo@x"}
    assert "spy.example" not in read.html
    assert 'src="cid:photo@x"' in read.html


@pytest.mark.parametrize(
    "source",
    [
        '<div>New.</div><div class="gmail_quote"><div>On … wrote:</div><blockquote>Old.</blockquote></div>',
        '<p>New.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: x</div><div>Old.</div>',
        '<p>New.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;margin:0"><p>From: x</p></div><p>Old.</p>',
        '<p>New.</p><blockquote type="cite">Old.</blockquote>',
        '<p>New.</p><div class="moz-cite-prefix">On 1.1.2026, A wrote:</div><blockquote type="cite">Old.</blockquote>',
        '<p>New.</p><div class="yahoo_quoted" id="yahoo_quoted_1">Old.</div>',
        "<p>New.</p>On 1 Jan 2026 at 10:00, A &lt;a@example.org&gt; wrote:<blockquote>Old.</blockquote>",
    ],
)
def test_quotation_is_cut_from_text_and_html(source: str) -> None:
    read = clean(source)

    assert cut(read.text).text == "New."
    assert "Old." in cut(read.text).quoted
    assert "Old." not in read.html


def test_an_indented_paragraph_is_no_quotation() -> None:
    assert cut(clean("<p>My list:</p><blockquote>one<br>two</blockquote>").text).text == "My list:\n\none\ntwo"


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000 + "x",
        "<b>x" * 60_000,
        "<table><tr><td>" * 20_000 + "x",
        "<" * 500_000,
        "&amp;" * 300_000 + "x",
    ],
)
def test_a_bomb_is_read_as_text_and_quickly(bomb: str) -> None:
    began = time.process_time()

    assert clean(bomb).text
    assert time.process_time() - began < 10
