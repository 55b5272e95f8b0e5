"""The options of `new` that answer its questions about how a sender is verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import click

from generator.scaffold.auth_questions import ALGORITHMS, KINDS
from generator.scaffold.signature_questions import KEY_FORMS, PADDINGS
from lambdas.runtime.times import TimeFormat
from lambdas.signatures.signature_settings import Encoding

_ALGORITHM_HELP = "Hash function, such as sha256; or how a JWT is signed, such as HS256."
_OPTIONS = (
    click.option(
        "--auth",
        "kind",
        type=click.Choice(list(KINDS)),
        metavar="TYPE",
        help=f"How the sender is verified: {', '.join(KINDS)}.",
    ),
    click.option("--header", metavar="NAME", help="Header with the signature or the token."),
    click.option("--query", metavar="NAME", help="Query parameter with it, if no header has it."),
    click.option("--form", metavar="NAME", help="Field of a form with the signature, if neither has it."),
    click.option("--field", metavar="PATH", help="Field of the body with it, for body_token and body_hmac."),
    click.option("--each", metavar="PATH", help="List of which each item has this field."),
    click.option("--prefix", help="Text before the signature or the token, such as sha256=."),
    click.option("--separator", help="Text between the parts of that header, such as the comma of t=…,v1=…."),
    click.option("--encoding", type=click.Choice(get_args(Encoding)), help="Encoding of the signature."),
    click.option("--algorithm", type=click.Choice(ALGORITHMS), metavar="NAME", help=_ALGORITHM_HELP),
    click.option("--padding", type=click.Choice(PADDINGS), help="Padding of an RSA signature."),
    click.option("--claim", metavar="NAME", help="Claim of a JWT that has the body's SHA-256."),
    click.option("--timestamp-header", metavar="NAME", help="Header with the time of signing, if that is signed too."),
    click.option("--timestamp-prefix", help="Text before the time, if it is in the signature's header: t=."),
    click.option("--timestamp-format", type=click.Choice(get_args(TimeFormat)), help="Format of that time."),
    click.option("--timestamp-path", metavar="PATH", help="Field of the body with that time, if no header has it."),
    click.option("--signed", help='Text that is signed, such as "{timestamp}.{body}".'),
    click.option("--id-header", metavar="NAME", help="Header with the {id} of the signed text."),
    click.option("--signed-headers", metavar="NAME", help="Header that names the {headers} of the signed text."),
    click.option("--signed-headers-prefix", help="Text before the names there, if it is the signature's header: h=."),
    click.option("--signed-headers-separator", help="Text between the names."),
    click.option("--signed-headers-each", help='How each of these headers is signed, such as "{name}:{value}".'),
    click.option("--signed-headers-join", help="Text between them."),
    click.option(
        "--url-base", metavar="URL", help="URL that the vendor calls, if it is signed and not the endpoint's."
    ),
    click.option("--url-variants", metavar="NAMES", help="How else it may write that URL, such as no_port."),
    click.option(
        "--body-hash-query", metavar="NAME", help="Query parameter with the body's SHA-256, if the URL is signed."
    ),
    click.option("--body-hash-header", metavar="NAME", help="Header with it, if that is signed."),
    click.option(
        "--key",
        type=click.Choice(KEY_FORMS),
        help="How the secret becomes the key: as it is (utf8), decoded, hashed, or within a text.",
    ),
    click.option("--key-prefix", help="Text before it that is no part of it, such as whsec_."),
    click.option("--key-text", metavar="TEXT", help="Text that is the key, with {secret} in it, for --key text."),
    click.option("--jwks-url", metavar="URL", help="URL of the public keys for a JWT, if no configuration has it."),
    click.option("--uncovered", metavar="TEXT", help="What of the body a body_hmac does not cover."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `new` about the auth type."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
