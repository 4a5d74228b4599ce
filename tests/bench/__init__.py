"""Benchmarks: `python -m tests.bench`; figures as ratios against simple ways that live beside them."""
