"""What templates may ask for: instants, days, money, areas, and the components."""
