"""The cases put forward: whether a row is a case, and which facts are still established."""
