"""The addresses of the pages."""

from django.urls import URLPattern, URLResolver

from habeas.web.desk import (
    agreements,
    claims,
    disputes,
    exchange,
    money,
    notes,
    person_urls,
    places,
    rolls,
    search,
    standing_pages,
    transfers,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *exchange.urlpatterns,
    *person_urls.urlpatterns,
    *search.urlpatterns,
    *transfers.urlpatterns,
    *agreements.urlpatterns,
    *places.urlpatterns,
    *rolls.urlpatterns,
    *notes.urlpatterns,
    *money.urlpatterns,
    *disputes.urlpatterns,
    *claims.urlpatterns,
    *standing_pages.urlpatterns,
]
