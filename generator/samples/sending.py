"""Choose a sample, and send a request to an endpoint as the vendor would: for `send`, and for the canary."""

from __future__ import annotations

import difflib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from generator.definition.read import Definition
from generator.errors import GeneratorError, display_path, existing
from generator.samples import files as sample_files
from generator.samples.sample import Sample
from lambdas.auth_type import OutgoingRequest

_SECONDS = 30


class Endpoint(NamedTuple):
    """Where requests go. `local`: on this machine, without a proxy. `vendor_url` is the URL that the vendor knows."""

    url: str
    local: bool = False
    ca_bundle: str | None = None
    vendor_url: str | None = None


class HttpResponse(NamedTuple):
    """The response of an endpoint, or of a proxy before it."""

    status: int
    body: str


def choose_sample(definition: Definition, name: str | None) -> Sample:
    """Return the sample of this name; without a name, the first that is an event."""
    samples, problems = sample_files.load_samples(definition)
    if problems:
        raise GeneratorError(str(problems[0]))
    if not samples:
        raise GeneratorError(f"{display_path(definition.folders[0] / 'samples')}: has no sample to send")
    if name is None:
        return next((sample for sample in samples if not sample.file("reply").exists()), samples[0])
    samples_by_name = {sample.name: sample for sample in samples}
    if name not in samples_by_name:
        similar = difflib.get_close_matches(name, samples_by_name, n=1)
        hint = f"did you mean {similar[0]}?" if similar else existing(list(samples_by_name))
        raise GeneratorError(f"no sample {name} of {definition.source.name}; {hint}")
    return samples_by_name[name]


def send_request(
    endpoint: Endpoint, outgoing: OutgoingRequest, extra_headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Send a request as the vendor would, with extra headers; GeneratorError where nothing answers."""
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=endpoint.ca_bundle))
    opener = urllib.request.build_opener(tls, *([urllib.request.ProxyHandler({})] if endpoint.local else []))
    query = urlsplit(outgoing.url).query
    url = f"{endpoint.url}?{query}" if query else endpoint.url
    headers = {**outgoing.headers, **(extra_headers or {})}
    request = urllib.request.Request(url, outgoing.body or None, headers, method=outgoing.method)  # noqa: S310 - checked
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            return HttpResponse(response.status, response.read().decode(errors="replace"))
    except urllib.error.HTTPError as error:
        with error:
            return HttpResponse(error.code, error.read().decode(errors="replace"))
    except OSError as error:
        raise GeneratorError(f"{url}: does not answer: {getattr(error, 'reason', error)}") from error
