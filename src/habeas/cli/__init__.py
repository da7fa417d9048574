"""How a person is asked and told; no rule is decided here."""
