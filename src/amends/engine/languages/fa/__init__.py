"""Persian."""

from amends.engine.languages.silhouette import Honorific, Language

LANGUAGE = Language(
    code="fa",
    name="فارسی",
    direction="rtl",
    plain={"آ": "ا", "ئ": "ی"},
    # Endings are written joined, after a half-space, or after a space.
    suffix=r"\w*(?: (?:ها|های|هایی|هاي|ام|ات|اش|ای|اید|ایم|اند|مان|تان|شان|تر|ترین|هایمان|هایتان|هایش)(?!\w))?",
    abbreviations=("ر.ک", "ه.ش", "ق.م"),
    latin_words=(
        *("salam", "lotfan", "mersi", "merci", "khahesh", "mikonam", "mikham", "mikhastam", "nemikham", "nemishe"),
        *(
            "chera",
            "koja",
            "kojast",
            "kheili",
            "kheyli",
            "hanooz",
            "hanuz",
            "nist",
            "nadare",
            "nadaram",
            "daram",
            "dare",
        ),
        *("shoma", "man", "ast", "hast", "hastam", "shod", "shode", "nashode", "nashod", "mishe", "mishavad", "konid"),
        *("sefaresh", "sefareshe", "pool", "poolam", "puli", "bedid", "bedin", "baraye", "vali", "ama", "ke", "ro"),
        *("agha", "khanom", "tamas", "begirid", "kharab", "residan", "nareside", "nayomade", "oomad", "nayoomad"),
        *("chand", "rooz", "roze", "dige", "digeh", "bood", "boodam", "az", "ba", "in", "chi", "chie", "chetor"),
    ),
    has_case=False,
    honorifics=(
        Honorific("آقای", "m"),
        Honorific("جناب", "m", alone=True),
        Honorific("جناب آقای", "m"),
        Honorific("خانم", "f", alone=True),
        Honorific("خانوم", "f", alone=True),
        Honorific("سرکار", "f"),
        Honorific("سرکار خانم", "f"),
    ),
    salutations=(
        *("سلام", "با سلام", "درود", "با درود", "عرض سلام", "با عرض سلام", "ضمن عرض سلام", "سلام علیکم"),
        *("وقت بخیر", "وقتتون بخیر", "وقت شما بخیر", "روز بخیر", "روزتون بخیر", "صبح بخیر", "ظهر بخیر"),
        *("عصر بخیر", "شب بخیر", "خسته نباشید", "مشتری گرامی", "مشتری عزیز", "کاربر گرامی", "همراه گرامی"),
    ),
    not_names=(
        *("مشتری", "محترم", "گرامی", "عزیز", "کاربر", "مسافر", "همراه", "مشترک", "بزرگوار", "ارجمند"),
        *("ببخشید", "متأسفم", "متاسفم", "شرمنده", "ممنون", "متشکرم", "بله", "خیر", "لطفاً", "لطفا", "چشم", "حتماً"),
        *("دکتر", "مهندس", "استاد", "مدیر", "خوبید", "وقتتون", "روزتون", "سلام", "درود"),
    ),
)
