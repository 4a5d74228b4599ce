"""From raw complaints to tags, counts and surges."""
