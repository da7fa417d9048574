"""Which event may follow which, by whom, with what attached."""
