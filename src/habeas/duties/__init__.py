"""What someone must do, by when, and whether it was done: derived from events, never typed in."""
