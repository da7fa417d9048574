"""Which tables are published of a register, and what may be published of them."""
