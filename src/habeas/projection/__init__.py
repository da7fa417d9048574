"""Scenarios to draws of custody intervals; what is counted of them, the rooms below count."""
