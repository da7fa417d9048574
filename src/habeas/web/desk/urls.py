"""The addresses of the pages."""

from django.urls import URLPattern, URLResolver

from habeas.web.desk import agreements, places, rolls

urlpatterns: list[URLPattern | URLResolver] = [
    *agreements.urlpatterns,
    *places.urlpatterns,
    *rolls.urlpatterns,
]
