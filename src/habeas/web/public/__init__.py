"""What everybody may read without signing in: no person, no search, no cookie."""
