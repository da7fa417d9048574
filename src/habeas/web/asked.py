"""A request as views get it."""

from datetime import datetime

from django.http import HttpRequest

from habeas.access import Asker
from habeas.adapters.installation_files import Installation


class AskedRequest(HttpRequest):
    """A request that the asker's middleware has seen. `asker` is None for nobody."""

    asker: Asker | None
    installation: Installation
    now: datetime
    as_of: datetime  # set by pages that tell of an instant
    checkpoint: object  # set by pages that were computed from the register  # UTC, in whole seconds
