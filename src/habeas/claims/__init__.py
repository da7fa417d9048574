"""What the receiving state claims against what the register shows, and where a dispute stands."""
