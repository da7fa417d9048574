"""How days, instants and numbers are written, by language."""
