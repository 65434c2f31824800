"""English."""

from amends.engine.languages.silhouette import Honorific, Language

LANGUAGE = Language(
    code="en",
    name="English",
    direction="ltr",
    accents_matter=False,
    titles=("mr", "mrs", "ms", "mx", "dr", "prof", "st"),
    abbreviations=(
        *("no", "nr", "vs", "etc", "e.g", "i.e", "approx", "incl", "excl"),
        *("inc", "ltd", "co", "dept", "ext", "tel", "jr", "sr", "ave", "rd", "mon", "tue", "wed", "thu", "fri", "sat"),
        *("sun", "jan", "feb", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "a.m", "p.m", "min"),
    ),
    honorifics=(
        Honorific("mr", "m"),
        Honorific("mister", "m"),
        Honorific("sir", "m"),
        Honorific("mrs", "f"),
        Honorific("ms", "f"),
        Honorific("miss", "f"),
        Honorific("madam", "f"),
        Honorific("mx"),
        Honorific("dr"),
        Honorific("prof"),
    ),
    titled_name="last",
    greetings=("dear", "hello", "hi", "hey", "morning", "afternoon", "evening", "sorry", "thanks", "thank you"),
    salutations=(
        *("hi", "hello", "hey", "hiya", "dear", "greetings", "welcome", "good day"),
        *("good morning", "good afternoon", "good evening", "morning", "afternoon", "evening"),
    ),
    needs_name=(
        "dear",
        "morning",
        "afternoon",
        "evening",
        "welcome",
    ),
    not_names=(
        *("customer", "client", "guest", "passenger", "sir", "madam", "all", "there", "again", "team", "friend"),
        *("member", "patient", "resident", "citizen", "subscriber", "user", "everyone", "folks", "and", "for", "to"),
    ),
    short_forms={
        "liz": "elizabeth",
        "beth": "elizabeth",
        "bob": "robert",
        "rob": "robert",
        "bill": "william",
        "will": "william",
        "dick": "richard",
        "jim": "james",
        "jack": "john",
        "peggy": "margaret",
        "meg": "margaret",
        "kate": "katherine",
        "tony": "anthony",
        "mike": "michael",
        "ted": "edward",
    },
)
