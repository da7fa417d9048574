"""The addresses of the pages."""

from django.urls import URLPattern, URLResolver

from habeas.web.desk import exchange, person_urls, search, transfers

urlpatterns: list[URLPattern | URLResolver] = [
    *exchange.urlpatterns,
    *person_urls.urlpatterns,
    *search.urlpatterns,
    *transfers.urlpatterns,
from habeas.web.desk import (
    agreements,
    claims,
    disputes,
    money,
    notes,
    places,
    rolls,
    standing_pages,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *agreements.urlpatterns,
    *places.urlpatterns,
    *rolls.urlpatterns,
    *notes.urlpatterns,
    *money.urlpatterns,
    *disputes.urlpatterns,
    *claims.urlpatterns,
    *standing_pages.urlpatterns,
]
