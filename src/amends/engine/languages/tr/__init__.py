"""Turkish."""

from amends.engine.languages.silhouette import Honorific, Language

LANGUAGE = Language(
    code="tr",
    name="Türkçe",
    direction="ltr",
    lower={"I": "ı", "İ": "i"},
    plain={"ı": "i", "ş": "s", "ç": "c", "ğ": "g", "ö": "o", "ü": "u", "â": "a", "î": "i", "û": "u"},
    titles=("dr", "sn", "av", "prof", "doç", "yrd"),
    abbreviations=(
        *("vb", "vs", "örn", "bkz", "no", "tel", "cad", "sok", "mah", "apt"),
        *("ör", "yy", "şti", "a.ş", "ltd", "san", "tic", "dk", "sa", "max", "min", "t.c"),
    ),
    question_endings=("mi", "mı", "mu", "mü", "misiniz", "mısınız", "musunuz", "müsünüz"),
    question_suffixes=("misiniz", "mısınız", "musunuz", "müsünüz"),
    honorifics=(
        Honorific("bey", "m", "after"),
        Honorific("beyefendi", "m", "after"),
        Honorific("hanım", "f", "after"),
        Honorific("hanımefendi", "f", "after"),
        Honorific("sayın"),
        Honorific("sn"),
    ),
    greetings=("merhaba", "merhabalar", "selam", "sevgili", "değerli", "günaydın", "sayın", "sn"),
    salutations=(
        *("merhaba", "merhabalar", "selam", "selamlar", "günaydın", "tünaydın", "iyi günler", "iyi akşamlar"),
        *("iyi çalışmalar", "iyi günler dilerim", "hayırlı günler", "hoş geldiniz", "kolay gelsin", "sayın", "sn"),
        *("sevgili", "değerli"),
    ),
    needs_name=(
        "sayın",
        "sn",
        "sevgili",
        "değerli",
    ),
    not_names=("müşterimiz", "müşteri", "üyemiz", "misafirimiz", "yolcumuz", "kullanıcımız", "hastamız", "ilgili"),
)
