"""Benchmarks: fixed seeds, CPU time, medians of interleaved runs, a limit in the same run."""
