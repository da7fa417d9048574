"""Who signs in, for which authority, in which office."""
