"""Where a deployed source answers: in AWS, or as the emulator on this machine serves it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from generator.aws_failures import environment_is_emulator
from generator.samples.sending import Endpoint


def endpoint_for(outputs: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> Endpoint:
    """Return the endpoint of a stack: the URL in its outputs, or the emulator's when AWS_ENDPOINT_URL points here."""
    if not environment_is_emulator(environ):
        return Endpoint(outputs["EndpointUrl"])
    url = emulated_url(environ["AWS_ENDPOINT_URL"].rstrip("/"), outputs)
    return Endpoint(url, local=True, ca_bundle=environ.get("AWS_CA_BUNDLE"), vendor_url=vendor_url(outputs))


def vendor_url(outputs: Mapping[str, str]) -> str:
    """Return the URL as the emulator's handlers see it: a vendor who signs its URL would have been told this one."""
    return f"https://{outputs['ApiId']}.execute-api.localhost{urlsplit(outputs['EndpointUrl']).path}"


def emulated_url(emulator: str, outputs: Mapping[str, str]) -> str:
    """Return the URL at which the emulator serves a stack's HTTP API, since its EndpointUrl points at AWS."""
    return f"{emulator}/_aws/execute-api/{outputs['ApiId']}/$default{urlsplit(outputs['EndpointUrl']).path}"
