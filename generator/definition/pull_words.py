"""What a pulled source's settings mean, in words for people."""

from __future__ import annotations

from lambdas.model_pull import Pull, Rate

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


def token_url(pull: Pull) -> str | None:
    """Return where the credential is exchanged for tokens; None where it is sent as it is."""
    find = getattr(pull.credentials.type, "token_url", None)
    return str(find(pull.credentials.settings)) if find else None


def network_text(pull: Pull) -> str:
    """Write from which network is asked."""
    return "in a VPC of yours; it may ask private addresses" if pull.self_hosted else "it asks public addresses alone"
