"""Files that others wrote, read with care: size, ratio and form are checked, nothing is evaluated."""
