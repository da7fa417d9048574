"""Draws of a plan: what every run hands back, whoever runs it."""

from typing import Protocol

FLOWS = (
    "referred", "eligible", "lawful", "received", "expired",
    "sentence_end", "returned", "died", "recalled", "closed",
)  # fmt: skip
