from datetime import datetime

import pytest

from amends.engine.causes import LAYERS, THEMES, Layer, Proposal, group_of, propose_cause
from amends.engine.causes.cues import BadCauseCuesError, compile_cause_cues, load
from amends.engine.causes.propose import NOTE
from amends.engine.conversation import Conversation, Facts, Party, Turn
from amends.engine.languages.en import LANGUAGE as ENGLISH

LANGUAGES = ("en", "fa", "mn", "tr")


def proposal(*turns: tuple[str, str], language: str, note: str = "") -> Proposal | None:
    said = tuple(Turn(by="agent" if by == "agent" else "customer", text=text) for by, text in turns)
    talk = Conversation(id="1", turns=said, as_of=datetime(2026, 5, 4))
    return propose_cause(talk, language=language, note=note)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layer_has_cues_in_every_language(language: str) -> None:
    _, cues = load(language)
    assert {cue.layer for cue in cues.cues} == set(LAYERS)
    assert {cue.theme for cue in cues.cues} == set(THEMES)


@pytest.mark.parametrize(
    ("language", "text", "layer"),
    [
        ("en", "Your receptionist was rude and rolled her eyes at my mother.", "employee"),
        ("en", "My own mistake, I had not read the instructions.", "customer"),
        ("en", "The pump leaks and the display is cracked.", "product"),
        ("en", "I was transferred from one department to another and explained it all over again.", "process"),
        ("en", "Your advertisement said it was free, the fine print says otherwise.", "message"),
        ("en", "The courier left it outside during the storm.", "third-party"),
        ("tr", "Resepsiyondaki görevli annemi azarladı, çok kabaydı.", "employee"),
        ("tr", "Benim hatam, kılavuzu okumamışım.", "customer"),
        ("tr", "Pompası su sızdırıyor, ekranı da çatladı.", "product"),
        ("tr", "Oradan oraya aktardılar, her seferinde baştan anlattım.", "process"),
        ("tr", "Reklamda ücretsiz yazıyordu, sözleşmede küçük harflerle başka bir şey var.", "message"),
        ("tr", "Kargo şirketi paketi fırtınada kapının önüne bırakmış.", "third-party"),
        ("fa", "کارمند پذیرش با مادرم خیلی بی‌ادبانه حرف زد.", "employee"),
        ("fa", "اشتباه از خودم بود، دفترچهٔ راهنما را نخوانده بودم.", "customer"),
        ("fa", "پمپ دستگاه نشتی دارد و صفحه‌نمایش ترک خورده.", "product"),
        ("fa", "مدام پاسکاری شدم و هر بار از اول توضیح دادم.", "process"),
        ("fa", "در تبلیغات نوشته بودید رایگان، ولی در قرارداد چیز دیگری بود.", "message"),
        ("fa", "پستچی بسته را وسط طوفان پشت در گذاشته بود.", "third-party"),
        ("mn", "Ресепшний ажилтан ээжийг минь загнаж, бүдүүлэг харьцсан.", "employee"),
        ("mn", "Миний өөрийн буруу, зааврыг нь уншаагүй байсан.", "customer"),
        ("mn", "Насос нь ус гоожоод, дэлгэц нь хагарчихсан.", "product"),
        ("mn", "Нэг хэлтсээс нөгөө рүү шилжүүлээд, болгонд нь эхнээс нь тайлбарласан.", "process"),
        ("mn", "Сурталчилгаан дээр үнэгүй гэсэн атлаа гэрээнд жижиг үсгээр өөр юм бичсэн байна.", "message"),
        ("mn", "Шуудангийнхан илгээмжийг шуурган дундуур гадаа орхисон байна.", "third-party"),
    ],
)
def test_it_proposes_the_layer(language: str, text: str, layer: Layer) -> None:
    found = proposal(("customer", text), language=language)
    assert found is not None
    assert found.layer == layer
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    ("language", "text", "layers"),
    [
        ("en", "The fridge leaks and your fitter looked at it.", {"product"}),
        ("en", "The fitter was to come on Monday and nobody came.", {"process"}),
        ("tr", "Buzdolabı su kaçırıyor, teknisyen baktı.", {"product"}),
        ("tr", "Teknisyen pazartesi gelecekti, gelen olmadı.", {"process"}),
        ("fa", "یخچال نشتی دارد و تعمیرکار نگاهش کرد.", {"product"}),
        ("fa", "قرار بود تعمیرکار دوشنبه بیاید و نیامد.", {"process"}),
        ("mn", "Хөргөгч ус алдаад байна, засварчин үзсэн.", {"product"}),
        ("mn", "Засварчин даваа гарагт ирнэ гээд ирсэнгүй.", {"process"}),
    ],
)
def test_who_is_only_spoken_of_is_not_to_blame(language: str, text: str, layers: set[Layer]) -> None:
    found = proposal(("customer", text), language=language)
    assert found is not None
    assert found.layer in layers


def test_it_points_at_the_very_words() -> None:
    text = "Hello. Your receptionist rolled her eyes at me."
    found = proposal(("customer", text), language="en")
    assert found is not None
    words = next(word for word in found.words if "eyes" in word.text)
    assert (words.turn, text[words.start : words.end]) == (0, "rolled her eyes")


def test_the_closing_note_weighs_more_than_the_complaint() -> None:
    found = proposal(
        ("customer", "The kettle does not heat any more."),
        language="en",
        note="Customer had used it in the wrong way and overlooked the manual.",
    )
    assert found is not None
    assert found.layer == "customer"
    assert found.words[0].turn == NOTE


def test_who_blames_the_courier_matters() -> None:
    found = proposal(
        ("customer", "Your receptionist was rude."), ("agent", "It was the courier, madam."), language="en"
    )
    assert found is not None
    assert found.layer == "employee"


def told_by(name: str, text: str, *more: Turn, language: str) -> Proposal | None:
    talk = Conversation(
        id="1",
        turns=(Turn(by="customer", text=text), *more),
        as_of=datetime(2026, 5, 4),
        facts=Facts(customer_name=name),
        parties=(Party(id="a", by="agent", name="Sel Kargo"),),
    )
    return propose_cause(talk, language=language)


def test_a_name_is_never_evidence() -> None:
    # 'Selin' is a name and the Turkish for 'of the flood'.
    assert told_by("Selin Koç", "Merhaba, ben Selin. Selin", language="tr") is None
    found = told_by("Selin Koç", "Ben Selin. Kulpu kopmuş, camı çatlak.", language="tr")
    assert found is not None
    assert found.layer == "product"
    assert not any("Selin" in words.text for words in found.words)


def test_an_agents_excuse_is_never_evidence() -> None:
    excuse = Turn(
        by="agent", text="The courier was late because of the weather, and you had not read the instructions."
    )
    found = told_by("Ann", "The samovar arrived broken, the handle is cracked.", excuse, language="en")
    assert found is not None
    assert found.layer == "product"
    assert {words.turn for words in found.words} == {0}
    assert told_by("Ann", "Good evening to you.", excuse, language="en") is None


def test_evidence_is_said_in_its_sentence_and_once() -> None:
    text = "Good morning. The pump leaks, and the display is cracked! The pump leaks."
    found = proposal(("customer", text), language="en")
    assert found is not None
    assert found.said[0] == "The pump leaks, and the display is cracked"
    assert len({words.text for words in found.words}) == len(found.words)
    assert all(len(said) < 300 for said in found.said)


def test_a_sentence_without_end_is_shown_around_its_words() -> None:
    text = "and so on " * 60 + "the pump leaks " + "and so on " * 60
    found = proposal(("customer", text), language="en")
    assert found is not None
    assert "pump leaks" in found.said[0]
    assert found.said[0].startswith("… ")
    assert len(found.said[0]) < 260


def test_nothing_said_nothing_proposed() -> None:
    assert proposal(("customer", "Good morning."), language="en") is None


def test_the_organisation_is_product_process_and_message() -> None:
    assert [group_of(layer) for layer in LAYERS] == [
        *("employee", "customer", "organisation", "organisation", "organisation", "third-party")
    ]


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"weather": []}, "no layer is called weather"),
        ({"product": [{"theme": "courier", "cues": ["x"]}]}, "product has no theme courier"),
        ({"product": [{"theme": "defect", "cue": ["x"], "cues": []}]}, "knows no"),
        ({"product": [{"theme": "defect", "cues": ["(broken"]}]}, "product"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tables: dict[str, list[dict[str, object]]], why: str) -> None:
    with pytest.raises(BadCauseCuesError, match=why):
        compile_cause_cues(tables, language=ENGLISH)


def test_a_language_that_is_not_read_gets_no_proposal() -> None:
    assert proposal(("customer", "Das Paket ist kaputt."), language="de") is None
