"""Which static files an installation gathers: those that a page can name."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class GatheredFiles(StaticFilesConfig):
    """Django's own, without the pages that django-ninja shows an API on: ours shows none.

    They are nine tenths of what would be packed at every start, and another's scripts.
    """

    ignore_patterns = ("ninja", *StaticFilesConfig.ignore_patterns)
