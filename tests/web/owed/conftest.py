"""One state's installation of the demonstration behind the pages, with its gateway running."""

from web.states import both, desk, english, made, state

__all__ = ["both", "desk", "english", "made", "state"]
