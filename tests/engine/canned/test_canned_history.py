"""What recurs among replies, and what of it is canned."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.engine import languages
from amends.engine.audit import audit, look_at
from amends.engine.canned import History, Print, Use, history_of, repeats_in, repeats_of, replies_of
from amends.engine.canned.prints import body_of, likeness
from amends.engine.conversation import Conversation, Facts, Turn
from amends.engine.languages.reading import read
from amends.engine.languages.text import prepare

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LANGUAGES = ("en", "tr", "fa", "mn")

# Troubles of five people and the form letter that all of them got, in each language.
NAMES = {
    "en": ("Olivia Carter", "John Hill", "Mary Shaw", "Ann Lee", "Peter Stone"),
    "tr": ("Ayşe Yılmaz", "Mehmet Kaya", "Zeynep Demir", "Can Öztürk", "Elif Şahin"),
    "fa": ("سارا مرادی", "رضا کریمی", "مریم احمدی", "علی حسینی", "نگار رستمی"),
    "mn": ("Сарнай", "Болд", "Номин", "Тэмүүлэн", "Оюун"),
}
TROUBLES = {
    "en": (
        "The lift in our building has been stuck since Tuesday and my mother cannot leave the fourth floor.",
        "You charged my card twice for the concert tickets and nobody answers the telephone.",
        "The washing machine leaks over the whole kitchen since your mechanic repaired the pump.",
        "My parcel with winter boots never arrived, the tracking stopped in Leeds nine days ago.",
        "Your waiter was rude to my wife at the wedding dinner and laughed about her dress.",
    ),
    "tr": (
        "Apartmanımızın asansörü salıdan beri bozuk, annem dördüncü kattan aşağı inemiyor.",
        "Konser biletleri için kartımdan iki defa para çekildi, telefonlara bakan olmadı.",
        "Ustanız pompayı değiştirdiğinden beri çamaşır makinesi mutfağı su içinde bırakıyor.",
        "Kışlık botlarımın olduğu kargo gelmedi, takip ekranında dokuz gündür Ankara görünüyor.",
        "Düğün yemeğinde garsonunuz eşime kaba davrandı, elbisesiyle alay etti.",
    ),
    "fa": (
        "آسانسور ساختمان ما از سه‌شنبه خراب است و مادرم نمی‌تواند از طبقه چهارم پایین بیاید.",
        "برای بلیت کنسرت دو بار از کارتم پول برداشته‌اید و تلفن را کسی جواب نمی‌دهد.",
        "از وقتی تعمیرکار شما پمپ را عوض کرد، ماشین لباسشویی تمام آشپزخانه را آب می‌گیرد.",
        "بسته‌ی چکمه‌های زمستانی من نرسیده و رهگیری نه روز است روی اصفهان مانده.",
        "گارسون رستوران سر شام عروسی با همسرم بی‌ادبی کرد و به لباسش خندید.",
    ),
    "mn": (
        "Манай байрны лифт мягмар гарагаас хойш гацаад, ээж минь дөрвөн давхраас бууж чадахгүй байна.",
        "Концертын тасалбарын мөнгийг картаас хоёр удаа суутгачихаад утсаа авахгүй юм.",
        "Засварчин насосыг сольсноос хойш угаалгын машин гал тогоо руу ус алдаад байна.",
        "Өвлийн гутал захиалсан илгээмж ирээгүй, хяналт нь Дархан дээр ес хоног зогссон.",
        "Хуримын зоогийн үеэр зөөгч эхнэрт маань бүдүүлэг аашилж, даашинзаар нь шоолсон.",
    ),
}
FORM = {
    "en": (
        "Dear {name}, thank you for taking the time to write to us. Your message has reached the department that "
        "deals with such things. It will be kept in mind whenever our service is looked at again. We hope to welcome "
        "you soon."
    ),
    "tr": (
        "Sayın {name}, bize zaman ayırıp yazdığınız için teşekkür ederiz. Mesajınız bu konulara bakan birime iletildi. "
        "Hizmetimiz yeniden ele alınırken göz önünde tutulacaktır. Sizi tekrar aramızda görmekten mutluluk duyarız."
    ),
    "fa": (
        "{name} گرامی، از این‌که وقت گذاشتید و برای ما نوشتید سپاسگزاریم. پیام شما به واحدی که به این موارد رسیدگی "
        "می‌کند رسید. هنگام بازنگری خدمات، آن را در نظر خواهیم داشت. امیدواریم دوباره میزبان شما باشیم."
    ),
    "mn": (
        "Эрхэм {name}, цаг гарган бидэнд бичсэнд талархъя. Таны захидлыг ийм зүйл хариуцдаг хэлтэст хүргүүллээ. "
        "Үйлчилгээгээ дахин авч үзэхдээ үүнийг анхаарах болно. Биднийг дахин сонгоно гэдэгт итгэж байна."
    ),
}
OWN = {
    "en": "The mechanic for the lift is on the way and rings at your mother's door first.",
    "tr": "Asansör ustası yola çıktı, önce annenizin kapısını çalacak.",
    "fa": "تعمیرکار آسانسور در راه است و اول زنگ خانه‌ی مادرتان را می‌زند.",
    "mn": "Лифтний засварчин гарсан, эхлээд ээжийн тань хаалгыг тогшино.",
}
# A question that many ask, in everybody's own words, and the saved answer to it.
ASKED = {
    "en": ("When does the pool open on Sunday?", "Is the pool open on Sunday, and at what hour?"),
    "tr": ("Yüzme havuzu pazar günü kaçta açılıyor?", "Pazar sabahı yüzme havuzu açık olur mu, kaçta girebilirim?"),
    "fa": ("استخر شنا جمعه‌ها ساعت چند باز می‌شود؟", "صبح جمعه استخر شنا باز است؟ از چه ساعتی؟"),
    "mn": ("Усан бассейн ням гарагт хэдэн цагт онгойдог вэ?", "Ням гарагийн өглөө усан бассейн онгорхой юу?"),
}
ANSWER = {
    "en": "The pool opens on Sunday at nine and the last swimmers leave the water at half past six in the evening.",
    "tr": "Yüzme havuzu pazar günü dokuzda açılıyor, son yüzenler akşam altı buçukta sudan çıkıyor.",
    "fa": "استخر شنا جمعه‌ها از ساعت نه باز است و آخرین شناگرها ساعت شش و نیم عصر از آب بیرون می‌آیند.",
    "mn": "Усан бассейн ням гарагт есөн цагт онгойж, сүүлчийн хүмүүс оройн зургаа хагаст уснаас гардаг.",
}
FOOTER = {
    "en": (
        "This message and its attachments are meant for the addressee alone and may hold confidential facts. If it has "
        "reached you by mistake, please delete it and tell the sender."
    ),
    "tr": (
        "Bu ileti ve ekleri yalnızca alıcısına yöneliktir, gizli bilgi içerebilir. Size yanlışlıkla ulaştıysa lütfen "
        "siliniz ve göndereni bilgilendiriniz."
    ),
    "fa": (
        "این پیام و پیوست‌های آن فقط برای گیرنده است و شاید اطلاعات محرمانه داشته باشد. اگر اشتباهی به دستتان رسیده، "
        "لطفاً آن را پاک کنید و به فرستنده خبر دهید."
    ),
    "mn": (
        "Энэ захидал болон хавсралт нь зөвхөн хүлээн авагчид зориулагдсан бөгөөд нууц мэдээлэлтэй байж болно. Хэрэв "
        "танд эндүүрэн ирсэн бол устгаад илгээгчид мэдэгдэнэ үү."
    ),
}


def talk(code, at, *, reply, trouble="", name=""):
    return Conversation(
        id=f"{code}-{at}",
        turns=(
            Turn(by="customer", text=trouble or TROUBLES[code][at % 5], language=code),
            Turn(by="agent", text=reply, language=code),
        ),
        as_of=NOW,
        facts=Facts(customer_name=name or NAMES[code][at % 5]),
    )


def forms(code):
    return [talk(code, at, reply=FORM[code].format(name=NAMES[code][at])) for at in range(5)]


def canned(conversation, history):
    return [one for one in look_at(conversation, history=history).judgements[-1].failings if one.failing == "canned"]


def known_of(conversation, history):
    return repeats_in(read(conversation, readers=()), len(conversation.turns) - 1, history)


@pytest.mark.parametrize("code", LANGUAGES)
class TestAFormLetter:
    def test_to_everybody_is_canned(self, code):
        talks = forms(code)
        history = history_of(talks)
        assert len(history.texts) == 1  # names are masked
        for one in talks:
            assert canned(one, history)

    def test_is_canned_though_a_few_words_were_changed(self, code):
        changed = FORM[code].format(name="").replace(FORM[code].split()[-3], OWN[code].split()[0])
        assert canned(talk(code, 7, reply=changed, trouble=TROUBLES[code][0]), history_of(forms(code)[1:]))

    def test_is_not_with_a_sentence_of_this_matter(self, code):
        reply = f"{FORM[code].format(name=NAMES[code][0])} {OWN[code]}"
        one = talk(code, 0, reply=reply)
        history = history_of(forms(code)[1:])
        assert known_of(one, history) is None or known_of(one, history).own
        assert look_at(one, history=history).judgements == look_at(one).judgements

    def test_that_one_other_got_may_be_chance(self, code):
        talks = forms(code)[:2]
        assert look_at(talks[0], history=history_of(talks)).judgements == look_at(talks[0]).judgements

    def test_that_the_same_customer_got_again_and_again_is_not_counted(self, code):
        history = history_of([forms(code)[0]] * 8)
        assert known_of(forms(code)[0], history) is None


@pytest.mark.parametrize("code", LANGUAGES)
class TestWhatMayRecur:
    def test_a_saved_answer_to_what_was_asked(self, code):
        talks = [talk(code, at, reply=ANSWER[code], trouble=ASKED[code][at % 2]) for at in range(8)]
        seen = known_of(talks[0], history_of(talks))
        assert (seen.customers, seen.apart) == (7, 0)
        assert not canned(talks[0], history_of(talks))

    def test_a_saved_answer_though_it_went_astray_before(self, code):
        astray = [talk(code, at, reply=ANSWER[code]) for at in range(5)]
        right = talk(code, 9, reply=ANSWER[code], trouble=ASKED[code][0])
        seen = known_of(right, history_of(astray))
        assert seen.apart == 5
        assert seen.fits or seen.own
        assert not canned(right, history_of(astray))

    def test_a_legal_footer_under_words_of_ones_own(self, code):
        talks = [talk(code, at, reply=f"{TROUBLES[code][at]}\n\n{FOOTER[code]}") for at in range(5)]
        history = history_of(talks)
        for one in talks:
            seen = known_of(one, history)
            assert seen is None or seen.own or seen.apart < 3

    def test_a_short_courtesy(self, code):
        courtesy = {"en": "Thank you, gladly.", "tr": "Rica ederiz.", "fa": "خواهش می‌کنم.", "mn": "Зүгээр ээ."}[code]
        talks = [talk(code, at, reply=courtesy) for at in range(5)]
        assert not history_of(talks).texts


class TestAPrint:
    def test_masks_numbers_dates_addresses_and_names(self):
        one = "Your parcel 4711 left Leeds on Friday 12 June, follow it at https://post.example/4711 or ask Jane there."
        other = "Your parcel 88 left York on Monday 3 May, follow it at https://post.example/88 or ask Bob there."
        assert likeness(_print(one), _print(other)) == 1.0

    def test_masks_a_known_name_where_there_are_no_capitals(self):
        text = "سلام {} عزیز، درخواست شما ثبت شد و همکاران ما در چند روز آینده آن را بررسی می‌کنند."
        one, other = (_print(text.format(name), code="fa", names=(name,)) for name in ("سارا مرادی", "رضا"))
        assert likeness(one, other) == 1.0

    def test_comes_back_as_it_was_kept(self):
        text = _print(FORM["tr"], code="tr")
        again = Print.from_bytes(text.to_bytes())
        assert (again.digest, again.bands) == (text.digest, text.bands)

    def test_is_the_same_on_every_machine(self):
        assert _print(FORM["en"]).bands[0] == BAND

    def test_of_other_words_is_another(self):
        for code in LANGUAGES:
            assert likeness(_print(FORM[code], code=code), _print(FOOTER[code], code=code)) < 0.1

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_stays_near_when_a_few_words_change(self, data):
        code = data.draw(st.sampled_from(LANGUAGES))
        words = FORM[code].format(name="").split()
        before = _print(" ".join(words), code=code)
        for at in data.draw(st.sets(st.integers(0, len(words) - 1), max_size=len(words) // 12)):
            words[at] = data.draw(st.sampled_from(TROUBLES[code][0].split()[:6]))
        after = _print(" ".join(words), code=code)
        assert likeness(before, after) >= 0.6

    def test_is_found_again_when_a_few_words_change(self):
        chance = Random(3)
        found = []
        for code in LANGUAGES * 25:
            words = FORM[code].format(name="").split()
            history = History()
            history.add(_print(" ".join(words), code=code), Use("somebody", frozenset()))
            for at in chance.sample(range(len(words)), 3):
                words[at] = chance.choice(TROUBLES[code][0].split())
            found.append(bool(history.like(_print(" ".join(words), code=code))))
        assert sum(found) >= 95


class TestAnAudit:
    def test_shows_what_went_to_many(self):
        talks = [one for code in LANGUAGES for one in forms(code)]
        rows = audit(talks, history=history_of(talks)).rows
        found = {row["conversation"] for row in rows if row["failing"] == "canned" and row["kind"] == "failing"}
        assert found == {one.id for one in talks}

    def test_asks_a_smaller_history_and_hears_the_same(self):
        talks = [*forms("en"), *(talk("en", at, reply=TROUBLES["en"][at % 5] + f" {at}") for at in range(5))]
        history = history_of(talks)
        smaller = history.without_single()
        assert len(smaller.texts) == 1 < len(history.texts)
        assert [known_of(one, smaller) for one in talks[:5]] == [known_of(one, history) for one in talks[:5]]

    def test_hears_the_same_of_what_is_kept_for_a_text_as_of_the_text_anew(self):
        talks = [*forms("en"), *forms("en")[:2], talk("en", 1, reply=TROUBLES["en"][1])]
        history = history_of(talks)
        for one in talks:
            for reply in replies_of(one):
                text = reply.body.print
                to, asked = reply.use.customer, reply.use.matter
                anew = text and repeats_of(reply.body, history.like(text), to=to, asked=asked)
                assert history.repeats(reply.body, to=to, asked=asked) == anew


def _print(text, *, code="en", names=()):
    return body_of(prepare(text, language=languages.get(code)), names=names).print


BAND = 5615264834419135948
