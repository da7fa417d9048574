"""A request as views get it."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from habeas.access import Asker
from habeas.adapters.installation_files import Installation
from habeas.web.chrome import Item


class AskedRequest(HttpRequest):
    """A request that the asker's middleware has seen. `asker` is None for nobody."""

    asker: Asker | None
    installation: Installation
    now: datetime  # UTC, in whole seconds
    navigation: Iterable[Item]
    as_of: datetime  # set by pages that tell of an instant
    checkpoint: object  # set by pages that were computed from the register
