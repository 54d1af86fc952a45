"""Benchmarks: ratios to a limit or a peer, measured in one run so that a slow machine cancels out."""
