"""The registry of estates, and the tagging of complaints by it; pure."""
