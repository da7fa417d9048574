"""Files that others wrote: size and form are checked, and nothing in them is evaluated."""
