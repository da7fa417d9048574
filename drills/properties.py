"""Every property of the tests with all the examples that it states; the tests try a third of them.

`python -m drills.properties [PATH ...]`: under `tests` where none is named. Other examples are
drawn at each run, here as there.
"""

import os
import sys

import pytest

os.environ["HABEAS_EXAMPLES"] = "all"

if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-m", "hypothesis and not spark", *(sys.argv[1:] or ["tests"])]))
