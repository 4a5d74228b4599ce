"""`pulse demo`: the whole platform on the example district, and whether it did what it should."""
