"""Say in words for people why there is no answer. They name the host, and never a query, a header or a body."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead

from lambdas.runtime.http_types import FetchFailed, FetchRefused
from lambdas.runtime.inflate import NotInflated
from lambdas.runtime.streams import TooManyBytes


@contextmanager
def fetch_failures(host: str, seconds: float, limit: int) -> Iterator[None]:
    """Turn what goes wrong in an exchange with a host into FetchFailed."""
    try:
        yield
    except TooManyBytes:
        raise FetchRefused(f"{host} sends more than {limit:,} bytes") from None
    except NotInflated as error:
        raise FetchFailed(f"{host} sends a body that {error}") from None
    except TimeoutError:
        raise FetchFailed(f"{host} sends no complete answer within {seconds:g} s") from None
    except OSError as error:
        raise FetchFailed(_describe(error, host)) from None
    except UnicodeError:
        raise FetchFailed(f"{host} is not a valid name of a host") from None
    except IncompleteRead:
        raise FetchFailed(_broken_off(host)) from None
    except HTTPException:
        raise FetchFailed(f"{host} sends an answer that is not valid HTTP") from None


def _describe(error: OSError, host: str) -> str:
    if isinstance(error, socket.gaierror):
        return f"the name {host} can't be resolved"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not accepted: {error.verify_message.rstrip('.')}"
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses the connection"
    if isinstance(error, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return _broken_off(host)
    if isinstance(error, ssl.SSLError):
        return f"no TLS with {host}: {error.reason}"
    return f"{host} can't be reached: {error.strerror or type(error).__name__}"


def _broken_off(host: str) -> str:
    return f"{host} breaks its answer off"
