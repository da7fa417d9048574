"""Every page can be made where nothing but the extra `web` is installed."""

import os
import subprocess
import sys

# What other extras bring, by the names under which it is imported.
OTHERS = (
    "z3", "altair", "vl_convert", "typst", "segno", "numba", "facturx", "currency_converter",
    "psycopg", "duckdb",
)  # fmt: skip
PROGRAM = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {others!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import django
django.setup()
from django.urls import get_resolver
count = len(get_resolver().url_patterns)
import habeas.web.courier, habeas.web.prepare, habeas.web.rounds, habeas.web.wsgi
print(count)
"""


def test_the_web_starts_with_its_own_libraries_alone() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "habeas.web.settings"}
    environment.pop("HABEAS_INSTALLATION", None)
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", PROGRAM.format(others=set(OTHERS))],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
