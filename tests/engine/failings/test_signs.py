"""Good signs and signals are heard."""

from datetime import datetime

import pytest

from amends.engine.conversation import By, Conversation, Turn
from amends.engine.failings import Judgement, judge
from amends.engine.languages.learned import best_readers
from amends.engine.languages.reading import USUAL_READERS, Reader


def _judge(*turns: tuple[By, str], language: str = "en", readers: tuple[Reader, ...] = USUAL_READERS) -> Judgement:
    talk = Conversation(
        id="c",
        turns=tuple(Turn(by=by, text=text, language=language) for by, text in turns),
        as_of=datetime(2026, 3, 2, 10),
    )
    return judge(talk, readers=readers)


def _good(*turns: tuple[By, str], language: str = "en") -> set[str]:
    return {sign.name for sign in _judge(*turns, language=language).good}


def test_good_signs_are_named_once() -> None:
    found = _judge(
        ("customer", "My lamp arrived broken."),
        (
            "agent",
            "I am very sorry that we sent you a broken lamp. A new one leaves today. I'll call you by noon tomorrow.",
        ),
    )
    names = [sign.name for sign in found.good]
    assert {"apology", "remedy", "dated-promise", "callback-offer"} <= set(names)
    assert len(names) == len(set(names))


def test_promise_without_a_time_is_not_dated() -> None:
    found = _judge(("customer", "My lamp arrived broken."), ("agent", "We will get back to you soon."))
    assert "dated-promise" not in {sign.name for sign in found.good}


def test_signals_are_of_what_is_answered() -> None:
    found = _judge(
        ("customer", "This is ridiculous, I want to speak to a manager."),
        ("agent", "I am the manager, and I am listening."),
        ("customer", "Thank you, that solves it."),
        ("agent", "I am glad."),
    )
    names = {sign.name for sign in found.signals}
    assert "thanks" in names
    assert "wants-person" not in names
    assert all(sign.turn == 2 for sign in found.signals)


def test_trouble_cried_out_is_anger() -> None:
    found = _judge(("customer", "The parcel is broken!"), ("agent", "Oh no."))
    assert "anger" in {sign.name for sign in found.signals}


@pytest.mark.parametrize(
    ("language", "trouble", "presumes", "thanks"),
    [
        (
            "en",
            "The parcel came two weeks late.",
            "It is on its way. Thank you for your understanding.",
            "It is on its way. Thank you for the photo of the label.",
        ),
        (
            "tr",
            "Paket iki hafta geç geldi.",
            "Yola çıktı. Anlayışınıza teşekkür ederiz.",
            "Yola çıktı. Etiketin fotoğrafı için teşekkür ederiz.",
        ),
        (
            "fa",
            "بسته دو هفته دیر رسید.",
            "در راه است. از درک شما سپاسگزاریم.",
            "در راه است. از عکس برچسب سپاسگزاریم.",
        ),
        (
            "mn",
            "Илгээмж хоёр долоо хоног хоцорсон.",
            "Замдаа явж байна. Ойлгосонд баярлалаа.",
            "Замдаа явж байна. Зураг явуулсанд баярлалаа.",
        ),
    ],
)
def test_thanks_for_understanding_that_nobody_showed_are_no_good_sign(
    language: str, trouble: str, presumes: str, thanks: str
) -> None:
    assert "thanks" not in _good(("customer", trouble), ("agent", presumes), language=language)
    assert "thanks" in _good(("customer", trouble), ("agent", thanks), language=language)
    understood = (("customer", trouble), ("agent", "…"), ("customer", _FINE[language]), ("agent", presumes))
    assert "thanks" in _good(*understood, language=language)


_FINE = {
    "en": "Thank you, that is fine.",
    "tr": "Teşekkür ederim, anlıyorum.",
    "fa": "ممنونم، درک می‌کنم.",
    "mn": "Баярлалаа, зүгээр ээ.",
}


def test_patience_is_thanked_for_only_once_it_was_shown() -> None:
    thanks = ("agent", "It leaves today. Thank you for your patience.")
    assert "thanks" not in _good(("customer", "My parcel is late."), thanks)
    assert "thanks" in _good(("customer", "This is the third time I write about my late parcel."), thanks)


@pytest.mark.parametrize("readers", [USUAL_READERS, best_readers()], ids=["cues", "best"])
@pytest.mark.parametrize(
    ("language", "trouble", "denies"),
    [
        ("en", "The glass is broken.", "The problem comes from the courier, it was not our mistake."),
        ("tr", "Bardak kırık geldi.", "Sorun kargo firmasından kaynaklanıyor, bizim hatamız değil."),
        ("fa", "لیوان شکسته است.", "مشکل از شرکت پستی است، تقصیر ما نیست."),
        ("mn", "Аяга хагарсан байна.", "Асуудал хүргэлтийн компаниас болсон, манай буруу биш."),
    ],
)
def test_who_lays_the_fault_on_somebody_else_has_explained_nothing(
    language: str, trouble: str, denies: str, readers: tuple[Reader, ...]
) -> None:
    judged = _judge(("customer", trouble), ("agent", denies), language=language, readers=readers)
    assert "plain-explanation" not in {sign.name for sign in judged.good}
    assert "denial" in {one.failing for one in judged.failings}


@pytest.mark.parametrize(
    ("language", "trouble", "vague", "dated"),
    [
        ("en", "My lamp is broken.", "We will call you soon.", "I will call you tomorrow at ten."),
        ("fa", "چراغم شکسته است.", "به‌زودی با شما تماس می‌گیریم.", "فردا ساعت ده با شما تماس می‌گیرم."),
    ],
)
def test_a_call_at_no_time_is_no_good_sign(language: str, trouble: str, vague: str, dated: str) -> None:
    assert "callback-offer" not in _good(("customer", trouble), ("agent", vague), language=language)
    assert "callback-offer" in _good(("customer", trouble), ("agent", dated), language=language)
