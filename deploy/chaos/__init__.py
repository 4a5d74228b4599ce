"""`pulse chaos`: breaks a running platform in seeded ways and counts what was lost, doubled or wrong.

A run publishes the same input, lets faults happen meanwhile, and holds every table against the pure code over
the same log (`batch.py`, `compare.py`). Real parts only: processes are killed, links are cut, disks fill.
"""
