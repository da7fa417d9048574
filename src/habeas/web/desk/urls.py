"""The addresses of the pages."""

from django.urls import URLPattern, URLResolver

from habeas.web.desk import (
    agreements,
    case,
    claims,
    deeds,
    disputes,
    docket,
    documents,
    drafts,
    duties,
    duty_findings,
    exchange,
    home,
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
    *home.urlpatterns,
    *docket.urlpatterns,
    *case.urlpatterns,
    *deeds.urlpatterns,
    *drafts.urlpatterns,
    *documents.urlpatterns,
    *duties.urlpatterns,
    *duty_findings.urlpatterns,
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
