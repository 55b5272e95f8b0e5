"""Measure the budgets: `python -m benchmarks`, or some of them, `python -m benchmarks build events`.

One module for each measurement, with `measure() -> list[Row]`. The two sides of a ratio alternate within a run, and
their medians are divided, so that a slow machine slows both. No test asserts a time.
"""
