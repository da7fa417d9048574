"""Serve the web of an installation by its settings: this process becomes the server."""

import os
import sys
from pathlib import Path

from habeas.adapters import settings_files, web_server
from habeas.errors import HabeasError


def main() -> None:
    """Become the server; where the settings are wrong, say why and end."""
    try:
        found = settings_files.settled(Path(os.environ.get(settings_files.FOLDER, ".")), os.environ)
    except HabeasError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(error.status)
    words = web_server.call(found)
    os.execv(words[0], words)  # noqa: S606 - our own words


if __name__ == "__main__":
    main()
