"""The parts of a definition that no function reads: what differs between deployments, and what people should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType

from lambdas.model_request_types import RequestPath, RequestText, RequestUrl, UrlOrigin
from lambdas.model_types import ClaimText, HostPattern, HttpsUrl, KeyText, ServiceUrl, SettingText, TopicArn, UrlBase

ParameterName = NewType("ParameterName", str)
"""The name of a parameter, as CloudFormation takes it: letters and digits."""

ParameterPattern = NewType("ParameterPattern", str)
"""A regular expression that Java and Python read alike."""

PARAMETER_TYPES = frozenset({ServiceUrl, UrlBase, UrlOrigin, HostPattern, TopicArn, SettingText, ClaimText, KeyText})
PARAMETER_TYPES |= {RequestPath, RequestUrl, RequestText}
"""The types of values in which `${Name}` stands for a parameter; it is a mistake in all others."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that each deployment has for itself, such as a domain: `${Name}` stands for it. Never a secret."""

    description: str
    """What it is, and where one finds it, in a line: the form that asks for it shows this."""
    pattern: ParameterPattern
    """A regular expression of a value, which it matches as a whole."""
    example: str
    """A value with which samples and builds are tried."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How the vendor delivers, for people to know."""

    docs: HttpsUrl
    """The vendor's page about its webhooks, or its API."""
    deadline: int | None = None
    """Seconds within which the vendor expects a reply, where it says so."""
    retries: str = "not known"
    """What the vendor retries, how often and after which replies, in a line."""
    secret: Literal["issued", "chosen"] | None = None
    """Of a webhook with a shared secret: `issued` by the vendor, or `chosen` by you, as any user and password are."""
    credential: str = "not known"
    """Of a source that is pulled: the credential that may do the least, and who at the vendor's makes it, in a line."""
    lateness: str = "not known"
    """Of a source that is pulled: how late an event may come, in a line."""
    limit: str = "not known"
    """Of a source that is pulled: what the vendor allows, and who shares that, in a line."""
