"""From the rows of several listing sites to a registry: one estate for all rows that mean it.

rows -> crs -> places -> merge (by the rules of kinship) -> build
"""
