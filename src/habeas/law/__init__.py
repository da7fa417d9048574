"""What an agreement and the law say on a day; nothing about any case or person."""
