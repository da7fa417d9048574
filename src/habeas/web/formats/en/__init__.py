"""English: 14 November 2026, 15:02."""
