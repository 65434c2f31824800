"""Mongolian, in Cyrillic letters."""

from amends.engine.languages.silhouette import Honorific, Language

LANGUAGE = Language(
    code="mn",
    name="Монгол",
    direction="ltr",
    plain={"ө": "о", "ү": "у", "ё": "е"},
    abbreviations=("г.м", "ж.нь", "жнь", "х.к", "хк", "ххк", "т.д"),
    question_endings=("уу", "үү", "юу", "юү", "вэ", "бэ"),
    latin_words=(
        *("sain", "sainuu", "bna", "bnauu", "baina", "bainauu", "bga", "bgaa", "baigaa", "baisan", "bsn", "bnu"),
        *("bi", "ta", "tanai", "tanaid", "minii", "mini", "manai", "ene", "ter", "yu", "yuu", "yaj", "yagaad", "haana"),
        *("hezee", "heden", "medku", "medehgui", "irsen", "ireegui", "irehgui", "irj", "ugch", "ugnuu", "uguuch"),
        *("zahialga", "zahialsan", "zahialgaa", "mungu", "mungo", "munguu", "mongo", "une", "hurgelt", "hurgej"),
        *("bolohgui", "bolku", "boljiin", "boloh", "bolno", "uu", "shuu", "l", "gej", "gesen", "chini", "tiim", "ugui"),
        *("bayarlalaa", "bayrlalaa", "uuchlaarai", "avsan", "avmaar", "awmaar", "avah", "awah", "utas", "udaan"),
        *("bish", "biz", "yostoi", "heregtei", "hereg", "hun", "odoo", "unuudur", "onoodor", "margaash", "uchigdur"),
    ),
    honorifics=(
        Honorific("гуай", "", "after"),
        Honorific("эгч", "f", "after"),
        Honorific("ах", "m", "after"),
        Honorific("эрхэм"),
        Honorific("хүндэт"),
        Honorific("ноён", "m"),
        Honorific("хатагтай", "f"),
    ),
    titled_name="last",  # the given name; the father's comes first
    greetings=("эрхэм", "хүндэт", "сайн байна уу"),
    salutations=(
        *("сайн байна уу", "сайн байцгаана уу", "сайн уу", "өглөөний мэнд", "өдрийн мэнд", "оройн мэнд", "мэнд"),
        *("амар байна уу", "эрхэм", "хүндэт"),
    ),
    needs_name=(
        "эрхэм",
        "хүндэт",
    ),
    not_names=(
        "уучлаарай",
        "баярлалаа",
        "тийм",
        "за",
        "харилцагч",
        "үйлчлүүлэгч",
        "хэрэглэгч",
        "зорчигч",
        "танаа",
        "та",
        *("үгүй", "мэдээж", "зүгээр", "ойлголоо", "харин", "харамсалтай", "үнэхээр"),
    ),
    vocatives=("аа", "ээ", "оо", "өө", "минь"),
)
