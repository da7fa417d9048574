"""What was signed, in which order, and the proof of it; never law, never what an event means."""
