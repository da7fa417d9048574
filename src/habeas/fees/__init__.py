"""What is due under an agreement's schedule; never who should be held."""
