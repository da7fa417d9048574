"""The addresses of the pages."""

from django.urls import URLPattern, URLResolver

from habeas.web.desk import exchange, person_urls, search, transfers

urlpatterns: list[URLPattern | URLResolver] = [
    *exchange.urlpatterns,
    *person_urls.urlpatterns,
    *search.urlpatterns,
    *transfers.urlpatterns,
]
