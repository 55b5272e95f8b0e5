"""What a pulled source's settings mean, in words for people."""

from __future__ import annotations

from lambdas.model_pull import Pull, Rate, Stream

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def span_text(seconds: int) -> str:
    """Write a time in its largest exact unit: "minute", "15 minutes"; a single unit has no number."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return unit if seconds == size else f"{seconds // size} {unit}s"


def counted_span(seconds: int) -> str:
    """Write a time with its number: "1 minute", "15 minutes"."""
    text = span_text(seconds)
    return text if text[0].isdigit() else f"1 {text}"


def rate_text(rate: Rate) -> str:
    """Write a rate: "at most 50 requests a minute"."""
    requests = f"{rate.requests:,} request{'' if rate.requests == 1 else 's'}"
    per = span_text(rate.per)
    return f"at most {requests} {'in' if per[0].isdigit() else 'an' if per == 'hour' else 'a'} {per}"


def credential_text(pull: Pull) -> str:
    """Write how requests are authorized."""
    return pull.credentials.type.describe(pull.credentials.settings)


def credential_type_name(pull: Pull) -> str:
    """Return the credentials type as it is called in a definition."""
    return str(getattr(pull.credentials.type, "__name__", "")).rpartition(".")[2]


def resume_text(stream: Stream) -> str:
    """Write where reading begins and goes on, in two or three short sentences."""
    window = stream.window
    if stream.resume == "paging":
        text = f"goes on at the vendor's own cursor; begins {counted_span(window.first)} back"
    else:
        text = (
            f"goes on by time, {counted_span(window.overlap)} again; begins {counted_span(window.first)} back; "
            f"at most {counted_span(window.longest)} a request, up to {counted_span(window.lag)} ago"
        )
    if window.again:
        text += f"; once a day {counted_span(window.again)} again"
    if window.retention:
        text += f"; the vendor keeps {counted_span(window.retention)}"
    return text
