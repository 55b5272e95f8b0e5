"""A source's secrets in Parameter Store, current and previous: generate, check, read and write them."""

from __future__ import annotations

import base64
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from generator.errors import GeneratorError
from lambdas.auth import basic, leaves, token
from lambdas.model import Auth, Webhook, auths
from lambdas.pulling.expiry import TAG, read_day
from lambdas.runtime.aws_errors import Unconfirmed, required_field
from lambdas.runtime.secrets import PREVIOUS_SUFFIX, UnusableSecret, parameters_in_answer
from lambdas.signatures.keys import KeyEncoding

MAX_BYTES = 4_096
"""https://docs.aws.amazon.com/general/latest/gr/ssm.html: what a parameter of the standard tier holds."""
TOO_LONG = f"has more than the {MAX_BYTES:,} bytes that Parameter Store takes"
MIN_CHARACTERS, FEW_CHARACTERS, RANDOM_BYTES = 8, 16, 32
# Control and format characters, surrogates, and separators of lines and paragraphs.
_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
_PROXY_HINT = "does a proxy answer in place of AWS? Try again"
_PLACEHOLDER = re.compile(
    r"<.*>|\$?\{(?!\{).*\}|(.)\1*|(your|my|the)?[ _-]?(secret|token|password|key)|change[ _-]?me|todo", re.IGNORECASE
)


@dataclass(frozen=True)
class StoredSecret:
    """The stored values; None where there is none. `unencrypted`: the current one is a String, not a SecureString."""

    name: str
    current: str | None = field(repr=False)
    previous: str | None = field(repr=False)
    unencrypted: bool = False


def header_prefix(auth: Auth, name: str) -> str | None:
    """Return the text before the secret in a header; None where the vendor does not send the secret itself."""
    settings = [leaf.settings for leaf in leaves(auth) if getattr(leaf.settings, "secret", None) == name]
    return next((str(each.prefix) for each in settings if isinstance(each, token.Settings) and each.header), None)


def _auths_with(webhook: Webhook, name: str) -> list[Auth]:
    """Return the auth types that verify with this secret."""
    every_leaf = [leaf for auth in auths(webhook) for leaf in leaves(auth)]
    return [leaf for leaf in every_leaf if getattr(leaf.settings, "secret", None) == name]


def _encodings(webhook: Webhook, name: str) -> Iterator[KeyEncoding]:
    keys = (getattr(auth.settings, "key", None) for auth in _auths_with(webhook, name))
    return (key for key in keys if isinstance(key, KeyEncoding))


def generate_secret(webhook: Webhook, name: str) -> str:
    """Return a random secret in the definition's encoding; GeneratorError where only the vendor can make one."""
    if any(hasattr(auth.type, "key_pair") for auth in _auths_with(webhook, name)):
        raise GeneratorError("what is stored is the vendor's public key, which the vendor alone can make: copy it")
    random_bytes = secrets.token_bytes(RANDOM_BYTES)
    user = "mozdef:" if any(isinstance(auth.settings, basic.Settings) for auth in _auths_with(webhook, name)) else ""
    encodings = {key.encoding for key in _encodings(webhook, name)} - {"utf8"}
    if encodings == {"hex"}:
        return random_bytes.hex()
    text = base64.b64encode(random_bytes) if encodings else base64.urlsafe_b64encode(random_bytes).rstrip(b"=")
    return f"{user}{text.decode()}"


def unusable_reasons(webhook: Webhook, name: str, value: str) -> Iterator[str]:
    """Yield why a secret could verify nothing, given the settings of the definition."""
    reasons: dict[str, None] = {}
    for auth in _auths_with(webhook, name):
        try:
            auth.type.read_secret(auth.settings, value)  # type: ignore[attr-defined]  # every type with a secret has it
        except UnusableSecret as unusable:
            reasons[str(unusable)] = None
        except ImportError:
            continue  # its reader needs a package that is not installed on this machine
    yield from reasons


def is_placeholder(text: str) -> bool:
    """Return whether a text stands where a secret is to be."""
    return _PLACEHOLDER.fullmatch(text) is not None


def secret_problems(value: str, *, in_header: bool) -> Iterator[str]:
    """Yield what is wrong with a secret, in words that do not reveal it."""
    stripped = value.strip()
    if not stripped:
        yield "is empty"
        return
    if stripped != value:
        yield "begins or ends with white space: was it copied alone?"
    if "\n" in stripped or "\r" in stripped:
        yield "has a line break in it: a secret is one line"
    elif any(unicodedata.category(character) in _INVISIBLE_CATEGORIES for character in stripped):
        yield "has a character in it that is not seen: was it copied from a formatted page?"
    elif in_header and not stripped.isascii():
        yield "has a character in it that is not ASCII, and the vendor sends it in a header"
    if len(value.encode(errors="surrogatepass")) > MAX_BYTES:
        yield TOO_LONG
    if "{{" in stripped:
        yield "has {{ in it, which Parameter Store does not take"
    if is_placeholder(stripped):
        yield "looks like a placeholder, not like a secret"
    elif len(stripped) < MIN_CHARACTERS:
        yield f"has fewer than {MIN_CHARACTERS} characters: it can be guessed"


def secret_warnings(value: str, prefix: str) -> Iterator[str]:
    """Yield what may be wrong with a secret; `prefix` is the text before it in a header."""
    if len(value) < FEW_CHARACTERS:
        yield f"has fewer than {FEW_CHARACTERS} characters: a longer one is harder to guess"
    if prefix and value.startswith(prefix):
        yield f"begins with {prefix!r}, which the definition puts before it: it belongs there only once"


def read_stored(ssm: Any, name: str) -> StoredSecret:
    """Return the current and the previous secret of a parameter's name."""
    names = [name, name + PREVIOUS_SUFFIX]
    try:
        parameters = parameters_in_answer(ssm.get_parameters(Names=names, WithDecryption=True), names)
    except Unconfirmed:
        raise GeneratorError(f"AWS: GetParameters: its answer does not say what is in {name}: {_PROXY_HINT}") from None
    values = {parameter["Name"]: parameter["Value"] for parameter in parameters}
    types = {parameter["Name"]: parameter["Type"] for parameter in parameters}
    unencrypted = types.get(name, "SecureString") != "SecureString"
    return StoredSecret(name, values.get(name), values.get(name + PREVIOUS_SUFFIX), unencrypted)


def write_steps(stored: StoredSecret, value: str) -> list[tuple[str, str]]:
    """Return the writes, (parameter, value) in their order, that make the value the current secret.

    A request that was accepted before is accepted between two writes, too, and if the last write fails: the current
    secret is stored as the previous one before another replaces it. Where the value is the previous secret, the two
    can't be exchanged like that; then the value is written first, since the vendor has it, as the user just named it.
    """
    current, previous = (stored.name, value), (stored.name + PREVIOUS_SUFFIX, stored.current or "")
    if stored.current is None or stored.current == stored.previous:
        return [current] if value != stored.current or stored.unencrypted else []
    if value == stored.current:
        return [current] if stored.unencrypted else []
    return [current, previous] if value == stored.previous else [previous, current]


def ends_valid_previous(stored: StoredSecret, value: str) -> bool:
    """Return whether a previous secret that is valid now would end: only two are stored."""
    return len(write_steps(stored, value)) > 1 and stored.previous not in (None, value)


def still_valid_parameter(stored: StoredSecret, value: str) -> str | None:
    """Return the parameter of the previous secret if, once the value is current, it holds another value."""
    name = stored.name + PREVIOUS_SUFFIX
    return name if dict(write_steps(stored, value)).get(name, stored.previous) not in (None, value) else None


def write_secret(ssm: Any, name: str, value: str, description: str) -> None:
    """Store a value, encrypted. No error message contains it."""
    try:
        answer = ssm.put_parameter(
            Name=name, Value=value, Type="SecureString", Tier="Standard", Overwrite=True, Description=description
        )
        required_field(answer, "Version")
    except Unconfirmed:
        raise GeneratorError(
            f"AWS: PutParameter: its answer does not say that {name} was stored: {_PROXY_HINT}"
        ) from None
    except ssm.exceptions.HierarchyTypeMismatchException:
        raise GeneratorError(
            f"{name} is a String, which is not encrypted, and AWS does not make a SecureString of it: "
            f"aws ssm delete-parameter --name {name}, and store the secret again"
        ) from None
    except ssm.exceptions.ClientError as error:
        # Some of AWS's messages quote the request.
        if value in str(error):
            raise GeneratorError(f"AWS: PutParameter: {error.response['Error']['Code']}: {name}") from None
        raise


def tag_parameter(ssm: Any, name: str, tags: Mapping[str, str]) -> None:
    """Tag a parameter, since PutParameter can't with Overwrite."""
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=pairs)


def write_expiry(ssm: Any, name: str, day: date | None) -> None:
    """Tag a parameter with the day on which it ends; without one, take away what was said of an earlier value."""
    if day:
        tag_parameter(ssm, name, {TAG: day.isoformat()})
    else:
        ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=[TAG])


def read_expiry(ssm: Any, names: Mapping[str, str]) -> dict[str, date]:
    """Return the days on which parameters end, by their short names; of those of which somebody said it."""
    days: dict[str, date] = {}
    for name, parameter in names.items():
        try:
            tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=parameter).get("TagList", ())
        except ssm.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in ("InvalidResourceId", "AccessDenied", "AccessDeniedException"):
                raise
            continue
        for tag in tags:
            if tag["Key"] == TAG and (day := read_day(str(tag["Value"]))):
                days[name] = day
    return days


def delete_previous(ssm: Any, name: str) -> None:
    """Delete the previous secret, so that no request verifies with it."""
    ssm.delete_parameter(Name=name + PREVIOUS_SUFFIX)
