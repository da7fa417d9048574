"""Places and square metres a person, against each standard by its own method."""
