"""How the server of the web is called: granian, by the settings of an installation.

It speaks HTTP on one address; a proxy in front speaks TLS and is trusted with it.
"""

import sys
from pathlib import Path

from habeas.adapters.installation_files import Installation

APPLICATION = "habeas.web.wsgi:application"
LINES = Path(__file__).parents[1] / "web" / "server_log.json"


def call(found: Installation, threads: int = 0) -> list[str]:
    """The words that start it; `threads` of each process where it is not 0, else the setting's."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-access-log",
        "--log-level", "warning", "--log-config", str(LINES),
        "--host", found.listen, "--port", str(found.served_at()),
        "--workers", str(found.workers), "--blocking-threads", str(threads or found.threads),
        APPLICATION,
    ]  # fmt: skip
