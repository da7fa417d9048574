"""Spanish: 14 de noviembre de 2026, 15:02."""
