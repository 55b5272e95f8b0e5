"""A source's secret in Parameter Store: the current one, and the one before."""

from __future__ import annotations

import base64
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.errors import GeneratorError
from lambdas.auth import basic, leaves, token
from lambdas.model import Auth, Webhook, auths
from lambdas.runtime.aws_errors import Unconfirmed, required_field
from lambdas.runtime.secrets import PREVIOUS_SUFFIX, UnusableSecret, parameters_in_answer
from lambdas.signatures.keys import KeyEncoding

MAX_BYTES = 4_096
"""https://docs.aws.amazon.com/general/latest/gr/ssm.html: what a parameter of the standard tier holds."""
TOO_LONG = f"has more than the {MAX_BYTES:,} bytes that Parameter Store takes"
MIN_CHARACTERS, FEW_CHARACTERS, RANDOM_BYTES = 8, 16, 32
# Control and format characters, surrogates, and separators of lines and paragraphs.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_PROXY = "does a proxy answer in place of AWS? Try again"
_PLACEHOLDER = re.compile(
    r"<.*>|\$?\{(?!\{).*\}|(.)\1*|(your|my|the)?[ _-]?(secret|token|password|key)|change[ _-]?me|todo", re.IGNORECASE
)


@dataclass(frozen=True)
class StoredSecret:
    """What lies in the store; None where nothing does. `clear`: the current one is a String, which is not encrypted."""

    name: str
    current: str | None = field(repr=False)
    previous: str | None = field(repr=False)
    unencrypted: bool = False


def header_prefix(auth: Auth, name: str) -> str | None:
    """What the vendor sends before the secret in a header; None where it sends what it makes with the secret."""
    found = [one.settings for one in leaves(auth) if getattr(one.settings, "secret", None) == name]
    return next((str(one.prefix) for one in found if isinstance(one, token.Settings) and one.header), None)


def _users(webhook: Webhook, name: str) -> list[Auth]:
    """What verifies with this secret."""
    every = [one for auth in auths(webhook) for one in leaves(auth)]
    return [one for one in every if getattr(one.settings, "secret", None) == name]


def _encodings(webhook: Webhook, name: str) -> Iterator[KeyEncoding]:
    keys = (getattr(one.settings, "key", None) for one in _users(webhook, name))
    return (key for key in keys if isinstance(key, KeyEncoding))


def generate_secret(webhook: Webhook, name: str) -> str:
    """A random secret, written as the definition wants it; GeneratorError where the vendor alone can make one."""
    if any(hasattr(one.type, "key_pair") for one in _users(webhook, name)):
        raise GeneratorError("what is stored is the vendor's public key, which the vendor alone can make: copy it")
    made = secrets.token_bytes(RANDOM_BYTES)
    user = "mozdef:" if any(isinstance(one.settings, basic.Settings) for one in _users(webhook, name)) else ""
    encodings = {key.encoding for key in _encodings(webhook, name)} - {"utf8"}
    if encodings == {"hex"}:
        return made.hex()
    text = base64.b64encode(made) if encodings else base64.urlsafe_b64encode(made).rstrip(b"=")
    return f"{user}{text.decode()}"


def unusable_reasons(webhook: Webhook, name: str, value: str) -> Iterator[str]:
    """Why a secret would verify nothing, as the definition has it."""
    found: dict[str, None] = {}
    for one in _users(webhook, name):
        try:
            one.type.read_secret(one.settings, value)  # type: ignore[attr-defined]  # whoever has a secret has it
        except UnusableSecret as unusable:
            found[str(unusable)] = None
        except ImportError:
            continue  # it is read with a package that is not installed here
    yield from found


def secret_problems(value: str, *, in_header: bool) -> Iterator[str]:
    """What is wrong with a secret, in words that do not tell it."""
    bare = value.strip()
    if not bare:
        yield "is empty"
        return
    if bare != value:
        yield "begins or ends with white space: was it copied alone?"
    if "\n" in bare or "\r" in bare:
        yield "has a line break in it: a secret is one line"
    elif any(unicodedata.category(character) in _UNSEEN for character in bare):
        yield "has a character in it that is not seen: was it copied from a formatted page?"
    elif in_header and not bare.isascii():
        yield "has a character in it that is not ASCII, and the vendor sends it in a header"
    if len(value.encode(errors="surrogatepass")) > MAX_BYTES:
        yield TOO_LONG
    if "{{" in bare:
        yield "has {{ in it, which Parameter Store does not take"
    if _PLACEHOLDER.fullmatch(bare):
        yield "looks like a placeholder, not like a secret"
    elif len(bare) < MIN_CHARACTERS:
        yield f"has fewer than {MIN_CHARACTERS} characters: it can be guessed"


def secret_warnings(value: str, before: str) -> Iterator[str]:
    """What may be wrong with it; `before` is what stands before it in a header."""
    if len(value) < FEW_CHARACTERS:
        yield f"has fewer than {FEW_CHARACTERS} characters: a longer one is harder to guess"
    if before and value.startswith(before):
        yield f"begins with {before!r}, which the definition puts before it: it belongs there only once"


def read_stored(ssm: Any, name: str) -> StoredSecret:
    """What lies there now."""
    names = [name, name + PREVIOUS_SUFFIX]
    try:
        found = parameters_in_answer(ssm.get_parameters(Names=names, WithDecryption=True), names)
    except Unconfirmed:
        raise GeneratorError(f"AWS: GetParameters: its answer does not say what is in {name}: {_PROXY}") from None
    values = {one["Name"]: one["Value"] for one in found}
    types = {one["Name"]: one["Type"] for one in found}
    clear = types.get(name, "SecureString") != "SecureString"
    return StoredSecret(name, values.get(name), values.get(name + PREVIOUS_SUFFIX), clear)


def write_steps(there: StoredSecret, value: str) -> list[tuple[str, str]]:
    """What to write where so that the value is current, one after the other.

    No request that is accepted before is refused between two steps, or where the last one fails: the current secret
    is the previous one too before another takes its place. With the value that is the previous one, two places can't
    be exchanged so; the vendor has the value, as it was just named, and it is the one that is never missing.
    """
    current, previous = (there.name, value), (there.name + PREVIOUS_SUFFIX, there.current or "")
    if there.current is None or there.current == there.previous:
        return [current] if value != there.current or there.unencrypted else []
    if value == there.current:
        return [current] if there.unencrypted else []
    return [current, previous] if value == there.previous else [previous, current]


def ends_valid_previous(there: StoredSecret, value: str) -> bool:
    """Whether a secret that is valid now would be no more: there is a place for two."""
    return len(write_steps(there, value)) > 1 and there.previous not in (None, value)


def still_valid_parameter(there: StoredSecret, value: str) -> str | None:
    """The parameter with the previous secret, where that is another than the value, once this is current."""
    name = there.name + PREVIOUS_SUFFIX
    return name if dict(write_steps(there, value)).get(name, there.previous) not in (None, value) else None


def write_secret(ssm: Any, name: str, value: str, description: str) -> None:
    """Store a value, encrypted; no message has it in it."""
    try:
        answer = ssm.put_parameter(
            Name=name, Value=value, Type="SecureString", Tier="Standard", Overwrite=True, Description=description
        )
        required_field(answer, "Version")
    except Unconfirmed:
        raise GeneratorError(f"AWS: PutParameter: its answer does not say that {name} was stored: {_PROXY}") from None
    except ssm.exceptions.HierarchyTypeMismatchException:
        raise GeneratorError(
            f"{name} is a String, which is not encrypted, and AWS does not make a SecureString of it: "
            f"aws ssm delete-parameter --name {name}, and store the secret again"
        ) from None
    except ssm.exceptions.ClientError as error:
        # Some of AWS's messages say what was sent.
        if value in str(error):
            raise GeneratorError(f"AWS: PutParameter: {error.response['Error']['Code']}: {name}") from None
        raise


def tag_parameter(ssm: Any, name: str, tags: Mapping[str, str]) -> None:
    """Tag a parameter, which what overwrites one can't do."""
    wanted = [{"Key": key, "Value": value} for key, value in tags.items()]
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=wanted)


def delete_previous(ssm: Any, name: str) -> None:
    """The previous secret is accepted no more."""
    ssm.delete_parameter(Name=name + PREVIOUS_SUFFIX)
