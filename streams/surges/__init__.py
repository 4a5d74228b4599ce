"""Surge detection: pure, the same objects in the stream, in `pulse backtest` and in the benchmark."""
