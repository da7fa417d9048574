"""What the evidence establishes about one case under the rules in force."""
