"""Run for one installation: how many queries each page costs the sending state's officer."""

import json
import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

django.setup()

import desks  # noqa: E402 - after the settings
from habeas.adapters import installation_files  # noqa: E402
from habeas.web.accounts.models import User  # noqa: E402

OFFICER = "sending-officer.se-kvv"
PAGES = (
    "/en/", "/en/docket/", "/en/transfers/", "/en/transfers/today/", "/en/facilities/",
    "/en/facilities/TARTU/", "/en/roll/", "/en/agreement/", "/en/search/?q=SEEE-000",
    "/en/duties/", "/en/duties/?state=due&side=receiving", "/en/duties/blocked/",
)  # fmt: skip


def main() -> None:
    """Each page twice: what is read once a process is no part of what a page costs."""
    folder = Path(str(settings.FOLDER))
    client = Client(headers={"host": "localhost"})
    user = User.objects.get(username=OFFICER)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    found = {}
    with desks.gateway(folder, installation_files.read(folder)):
        for page in PAGES:
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                status = client.get(page).status_code
            found[page] = [status, len(asked), [one["sql"] for one in asked.captured_queries]]
    json.dump(found, sys.stdout)


main()
