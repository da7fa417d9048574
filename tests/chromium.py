"""The browser of the tests: a Chromium that is installed; none is ever downloaded."""

import os
import shutil

import pytest

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
_THERE = shutil.which(CHROMIUM) and shutil.which(DRIVER)
# In CI a missing browser fails: the driver then does not start.
needed = pytest.mark.skipif(
    not _THERE and not os.environ.get("HABEAS_NO_SKIPS"),
    reason="no Chromium here: the verifier page is not tested in a browser",
)
