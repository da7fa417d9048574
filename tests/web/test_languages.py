"""The two languages of the pages: which one a page is in, its plurals, its figures."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import ngettext, override

from habeas.adapters.installation_files import Installation
from habeas.terms import Office
from habeas.web import told
from habeas.web.accounts.demo import Officer, make_demo_users
from habeas.web.chrome import tongues
from signing_in import NewClient, send

SPANISH_LOGIN = "/es/accounts/login/"
OFFICERS = [Officer("US-BOP", Office.SENDING_OFFICER, "k1")]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 días"),
        (1, "1 día"),
        (2, "2 días"),
        (999_999, "999999 días"),
        (1_000_000, "1000000 de días"),
        (1_000_001, "1000001 días"),
        (2_000_000, "2000000 de días"),
    ],
)
def test_spanish_has_a_form_of_its_own_for_whole_millions(count: int, words: str) -> None:
    with override("es"):
        assert ngettext("%(n)s day", "%(n)s days", count) % {"n": count} == words


def test_figures_have_the_same_marks_in_both_languages() -> None:
    said = {}
    for lang in ("en", "es"):
        with override(lang):
            plain = number_format("1234567.5", decimal_pos=2, use_l10n=True, force_grouping=True)
            said[lang] = (
                told.number(1234567),
                told.money(255_000_000, "USD"),
                told.m2(34_200),
                plain,
            )
    assert (
        said["en"]
        == said["es"]
        == (
            "1,234,567",
            "USD\N{NO-BREAK SPACE}2,550,000.00",
            "3.42\N{NO-BREAK SPACE}m²",
            "1,234,567.50",
        )
    )


def test_the_language_link_keeps_the_page_and_its_query() -> None:
    with override("es"):
        found = {
            one.code: one.href for one in tongues("/es/accounts/login/?next=/es/&page=2&q=a%2Bb")
        }
    assert found == {"en": "/en/accounts/login/?next=/es/&page=2&q=a%2Bb", "es": ""}


def test_whoever_signs_in_on_a_page_in_spanish_goes_on_in_spanish(
    demonstration: Installation, new_client: NewClient
) -> None:
    one = make_demo_users(demonstration, OFFICERS)[0]
    client = new_client()
    answer = send(client, SPANISH_LOGIN, {"login": one.username, "password": one.password})
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/es/")
    page = "/es/accounts/logout/"
    answer = send(client, "/es/accounts/switch/", {"username": one.username}, page)
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/es/")


def test_a_page_says_its_language_and_where_it_is_in_the_other(new_client: NewClient) -> None:
    for lang, other in (("es", "en"), ("en", "es")):
        html = new_client().get(f"/{lang}/accounts/login/").content.decode()
        assert f'<html lang="{lang}"' in html
        assert f'hreflang="{other}" href="/{other}/accounts/login/"' in html
    assert [code for code, _ in settings.LANGUAGES] == ["en", "es"]
