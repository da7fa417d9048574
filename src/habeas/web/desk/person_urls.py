"""The addresses of a person's pages."""

from django.urls import URLPattern, path

from habeas.web.desk import person, receipts

PERSON = "person/<str:subject>"
urlpatterns: list[URLPattern] = [
    path(f"{PERSON}/", person.overview, name="person"),
    path(f"{PERSON}/timeline/", person.timeline, name="person_timeline"),
    path(f"{PERSON}/duties/", person.owed, name="person_duties"),
    path(f"{PERSON}/sentence/", person.sentence, name="person_sentence"),
    path(f"{PERSON}/documents/", person.documents, name="person_documents"),
    path(f"{PERSON}/reads/", person.reads, name="person_reads"),
    path(f"{PERSON}/record/", receipts.whole, name="person_record"),
    path(f"{PERSON}/receipt/<int:index>/", receipts.one_page, name="person_receipt"),
    path(f"{PERSON}/receipt/<int:index>/json/", receipts.one_json, name="person_receipt_json"),
    path(f"{PERSON}/receipt/<int:index>/pdf/", receipts.one_pdf, name="person_receipt_pdf"),
    path(
        f"{PERSON}/entry/<int:index>/section/<str:name>/", receipts.section, name="person_section"
    ),
]
