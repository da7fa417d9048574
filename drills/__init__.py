"""Drills: what takes too long, or breaks too much, to be a test; each prints its figures."""
