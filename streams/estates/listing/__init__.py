"""From the rows of several listing sites to a registry: one estate for all rows that mean it.

rows -> positions -> places -> merge (by the rules of kinship) -> build
"""
