"""The log line and the metrics of a run: whether the vendor was asked, what came, and what went wrong."""

from __future__ import annotations

from lambdas.pulling.runner import RunReport
from lambdas.runtime.log import Level, log
from lambdas.runtime.metrics import embedded_metrics


class RunFailed(Exception):  # noqa: N818 - it names the outcome
    """A stream could not be read."""


def log_run(report: RunReport, source: str, stack: str, now: float, expiring: int = 0) -> None:
    """Write one line for a run; it has metrics only where `stack` is not empty.

    `expiring` is how many credentials end soon, or have ended.
    """
    counts = report.counts
    level: Level = "ERROR" if report.failures else "WARN" if counts["kept"] or counts["unsent"] else "INFO"
    fields = {
        "outcome": report.outcome,
        "requests": report.requests,
        **dict(counts),
        "behind": round(report.behind),
        "remaining": report.remaining,
        "failures": report.failures,
        "refused": sorted(report.refused),
        "notes": report.notes,
        "expiring": expiring,
    }
    numbers = {
        "Requests": report.requests,
        "Pulled": counts["sent"] + counts["unsent"],
        "Rejected": counts["kept"],
        "Unsent": counts["unsent"],
        "Unarchived": counts["unarchived"],
        "Duplicate": counts["duplicates"],
        "Dropped": counts["dropped"],
        "PullFailed": len(report.failures),
        "Behind": report.behind,
        "RequestsLeft": report.remaining or 0,
        "Expiring": expiring,
    }
    metrics = embedded_metrics(stack, now, numbers) if stack else {}
    log(level, "run", now, source=source, **{name: value for name, value in fields.items() if value}, **metrics)
