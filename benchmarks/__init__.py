"""What the budgets are measured with: `python -m benchmarks`, or with names, `python -m benchmarks build events`.

One module a measurement, each with `measure() -> list[Row]`. What is compared runs in turn in the same run, and
medians are divided, so that a slow machine slows both sides. No test looks at a time.
"""
