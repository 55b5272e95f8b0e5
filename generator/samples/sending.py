"""Samples that go out as requests."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from generator.definition.read import Definition
from generator.errors import GeneratorError, display_path
from generator.samples import files as sample_files
from generator.samples.files import Sample
from lambdas.auth_type import OutgoingRequest

_SECONDS = 30


class Endpoint(NamedTuple):
    """Where a sample goes; `here` is on this machine, where no proxy leads. `told` is the URL that the vendor knows."""

    url: str
    local: bool = False
    ca_bundle: str | None = None
    vendor_url: str | None = None


class HttpResponse(NamedTuple):
    """What the endpoint answered."""

    status: int
    body: str


def choose_sample(definition: Definition, wanted: str | None) -> Sample:
    """The sample of this name; without one the first that is an event."""
    there, problems = sample_files.load_samples(definition)
    if problems:
        raise GeneratorError(str(problems[0]))
    if not there:
        raise GeneratorError(f"{display_path(definition.folders[0] / 'samples')}: has no sample to send")
    if wanted is None:
        return next((one for one in there if not one.file("reply").exists()), there[0])
    known = {one.name: one for one in there}
    if wanted not in known:
        raise GeneratorError(f"no sample {wanted} of {definition.source.name}; there are {', '.join(known)}")
    return known[wanted]


def send_request(endpoint: Endpoint, sent: OutgoingRequest, more: Mapping[str, str] | None = None) -> HttpResponse:
    """Send a request as the vendor would, with some more headers."""
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=endpoint.ca_bundle))
    opener = urllib.request.build_opener(tls, *([urllib.request.ProxyHandler({})] if endpoint.local else []))
    query = urlsplit(sent.url).query
    url = f"{endpoint.url}?{query}" if query else endpoint.url
    headers = {**sent.headers, **(more or {})}
    request = urllib.request.Request(url, sent.body or None, headers, method=sent.method)  # noqa: S310 - checked
    try:
        with opener.open(request, timeout=_SECONDS) as answered:
            return HttpResponse(answered.status, answered.read().decode(errors="replace"))
    except urllib.error.HTTPError as error:
        with error:
            return HttpResponse(error.code, error.read().decode(errors="replace"))
    except OSError as error:
        raise GeneratorError(f"{url}: does not answer: {getattr(error, 'reason', error)}") from error
