"""What is put together once in each language says what Django would say, to the letter."""

import pytest
from django.template import Context, Engine, engines
from django.template.defaulttags import ForNode
from django.template.loaders import cached
from django.utils import translation

from amends.desk.web.fixed import Loader

LIBRARIES = {"i18n": "django.templatetags.i18n", "look": "amends.desk.web.templatetags.look"}
PAGES = {
    "part.html": (
        "{% load i18n %}{% if row.hot %}{% translate 'Owner' %} <{{ row.name }}>{% else %}{{ gone.name }}-{% endif %}"
    ),
    "names.html": "{% load i18n %}{% translate 'Owner' as word %}[{{ word }}]",
    "page.html": (
        "{% load i18n look %}{# nothing #}<b title=\"{% translate 'Owner' %}\">{% icon 'flame' %}{% icon name %}</b>"
        "{% translate 'Owner' as word %}{{ word }} {{ missing }}{{ row.missing.name }}"
        "{% for row in rows %}{% include 'part.html' %}{% include 'names.html' %}{{ word }}{% endfor %}"
        "{% url 'workplace:inbox' %}{% url 'workplace:inbox' as inbox %}{{ inbox }}"
        "{% url 'no:where' as none %}{{ none }}{% url 'no:where' n as none %}{{ none }}"
        "{% url 'workplace:complaint' n %}{% url 'workplace:complaint' n as address %}{{ address }}?a&b"
        "{% url 'workplace:sheet' n 'split' %}{% url 'workplace:sheet' n part %}{% url 'workplace:unpin' n m %}"
        "{% url 'workplace:complaint' word as word_s %}{{ word_s }}"
        "{% url 'workplace:complaint' below as low %}{{ low }}"
        "{% blocktranslate %}Nothing here{% endblocktranslate %}"
        "{% blocktranslate with name=row.name %}owner {{ name }}{% endblocktranslate %}"
        "{% blocktranslate count people=n with m=n|digits %}{{ m }} person"
        "{% plural %}{{ m }} people{% endblocktranslate %}"
        "{% blocktranslate count many=n %}{{ many }} person{% plural %}{{ many }} people{% endblocktranslate %}"
        "{% blocktranslate %}100% of {{ row.name }}{% endblocktranslate %}"
        "{% language 'tr' %}{% translate 'Owner' %}{% endlanguage %}"
        "{% autoescape off %}{{ row.name }}{% translate 'Owner' %}{% endautoescape %}{{ numbers.1 }}{{ row.call }}"
    ),
}


class Row:
    name, hot = "O<'Neill", True

    def call(self):
        return "called"


def said(kind, name="page.html", **told):
    engine = Engine(loaders=[(kind, [("django.template.loaders.locmem.Loader", PAGES)])], libraries=LIBRARIES)
    row = Row()
    words = {"row": row, "rows": [row, {"name": "in a dict", "hot": 0}], "n": 3, "name": "check", "numbers": [1, 2]}
    words |= {"part": "call", "m": 12, "below": -1}
    context = Context(words | told)
    return engine.get_template(name).render(context) + engine.get_template(name).render(context)


@pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
@pytest.mark.parametrize("n", [1, 3])
def test_it_says_the_same(language, n):
    with translation.override(language):
        assert said("amends.desk.web.fixed.Loader", n=n) == said("django.template.loaders.cached.Loader", n=n)


def test_one_template_speaks_the_language_of_the_moment():
    engine = Engine(
        loaders=[("amends.desk.web.fixed.Loader", [("django.template.loaders.locmem.Loader", PAGES)])],
        libraries=LIBRARIES,
    )
    told = {}
    for language in ("tr", "mn", "tr"):
        with translation.override(language):
            told.setdefault(language, engine.get_template("names.html").render(Context()))
            assert engine.get_template("names.html").render(Context()) == told[language]
    assert told["tr"] != told["mn"]


def test_words_and_what_is_included_are_one_text():
    with translation.override("en"):
        engine = Engine(
            loaders=[("amends.desk.web.fixed.Loader", [("django.template.loaders.locmem.Loader", PAGES | {
                "whole.html": (
                    "{% load i18n look %}<a>{% translate 'Owner' %}{% icon 'flame' %}{% include 'plain.html' %}</a>"
                ),
                "plain.html": "{% load i18n %}{# here #}{% translate 'Owner' %}",
            })])],
            libraries=LIBRARIES,
        )  # fmt: skip
        assert len(engine.get_template("whole.html").nodelist) == 1


@pytest.mark.parametrize("debug", [False, True])
def test_where_it_stood_in_its_file_is_kept_for_developers_only(debug):
    engine = Engine(
        loaders=[("amends.desk.web.fixed.Loader", [("django.template.loaders.locmem.Loader", PAGES)])],
        libraries=LIBRARIES,
        debug=debug,
    )
    page = engine.get_template("page.html")
    assert bool(page.source) is debug
    assert any(node.token is not None for node in page.nodelist.get_nodes_by_type(ForNode)) is debug


def test_the_desk_reads_its_pages_with_it():
    loader = engines["django"].engine.template_loaders[0]
    assert isinstance(loader, Loader)
    assert isinstance(loader, cached.Loader)
