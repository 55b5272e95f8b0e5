"""What MozDef's plugins make of an event, of which each looks for words of its own.

Written after mq/lib/plugins.py and mq/plugins/ of https://github.com/mozilla/MozDef.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

from tests.mozdef_zoom import zoom_document

# A plugin runs where a key or a value of the message, at any depth and in any case, equals a word that it registers.
PLUGINS = {
    "dropMessage": ("ELB-HealthChecker/1.0",),
    "ttl_auditd": ("auditd", "command"),
    "auditdFixup": ("auditd", "audisp-json"),
    "customDocType": ("customendpoint",),
    "zoom_fixup": ("zoom_host",),
    "guardDuty": ("guardduty",),
    "lower_keys": ("cloudtrail", "suricata", "guardduty"),
    "broFixup": ("bro",),
    "googleFixup": ("google",),
    "ldap_fixup": ("LDAP-Humanizer", "ldap"),
    "mozilla_location": ("network", "netflow"),
    "nagioshostname": ("nagios_hostname",),
    "netflowFixup": ("netflow",),
    "observium": ("observium",),
    "parse_sshd": ("sshd",),
    "parse_su": ("sshd",),
    "remove_dots": ("cloudtrail",),
    "rt_flow": ("rt_flow",),
    "snmptt": ("snmptt",),
    "squidFixup": ("squid",),
    "sshdFindIP": ("sshd", "fail2ban"),
    "stackdriver": ("pubsub",),
    "suricataFixup": ("suricata",),
    "triage_bot": ("triagebot",),
    "cloudtrail": ("cloudtrail",),
    "filterlog": ("filterlog",),
    "github_webhooks": ("githubeventsqs",),
    "ipFixup": ("sourceipaddress", "destinationipaddress", "src", "dst", "srcip", "dstip", "http_x_forwarded_for"),
    "stackdriver_audit": ("stackdriver",),
    "stackdriver_syslog": ("stackdriver",),
    "stackdriver_gceactivity": ("stackdriver",),
    "complianceitems": ("complianceitems",),
    "geoip": ("sourceipaddress", "destinationipaddress"),
    "large_strings": ("githubeventsqs",),
    "vulnerability": ("vulnerability",),
}
PLUGIN_WORDS = {word.lower() for words in PLUGINS.values() for word in words}
ADDRESS_KEYS = {
    "src": "source",
    "srcip": "source",
    "dst": "destination",
    "dstip": "destination",
    "cluster_client_ip": "source",  # once another word sets ipFixup off
}
"""Keys of `details` from which ipFixup takes the address of a side."""
WANTED = {*PLUGINS["ipFixup"], *PLUGINS["zoom_fixup"]}
"""The words whose plugins do no harm to most messages: they add where an address is, and read Zoom's events."""

_LOCATION = (
    *("city", "continent", "country_code", "country_name", "dma_code", "latitude", "longitude", "metro_code"),
    *("postal_code", "region_code", "time_zone", "error"),
)


class Lost(Exception):  # noqa: N818 - it names the outcome
    """MozDef drops the message, or makes another of it; the text says which, and why."""


def with_plugins(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document after MozDef's plugins; raise Lost for those that may do more than add to it.

    Most look first whether the event is of their own kind: fewer are lost than this says, never others.
    """
    ran, words = [], set(words_in(document))
    for plugin, registered in PLUGINS.items():
        matching = {word.lower() for word in registered} & words
        if not matching:
            continue
        ran.append(plugin)
        if matching - WANTED:
            verb = "dropped" if plugin in ("complianceitems", "nagioshostname") else "altered"
            raise Lost(f"{verb}: {', '.join(sorted(matching - WANTED))} sets off MozDef's plugin {plugin}")
        if plugin == "zoom_fixup" and "zoom" in document["tags"]:
            document = _zoom(document)
        elif plugin == "ipFixup":
            _fix_addresses(document["details"])
        elif plugin == "geoip":
            document["details"].update(_locations(document["details"]))
        words = set(words_in(document))
    return {**document, "mozdef": {"plugins": ran}}


def _zoom(document: dict[str, Any]) -> dict[str, Any]:
    try:
        return zoom_document(document)
    except (KeyError, TypeError) as error:
        raise Lost(f"dropped: MozDef's plugin zoom_fixup raises {type(error).__name__}: {error}") from None


def _fix_addresses(details: dict[str, Any]) -> None:
    """Do as ipFixup does; raise Lost where it would write over what is in the message."""
    if "http_x_forwarded_for" in details:
        _add_forwarded(details, details["http_x_forwarded_for"])
    for side in ("source", "destination"):
        if f"{side}ipaddress" in details:
            address = details[f"{side}ipaddress"]
            if f"{side}ipv4address" not in _names_of(side, address):
                raise Lost(f"altered: ipFixup writes 0.0.0.0 for a {side}ipaddress that is no IPv4 address")
            _write(details, f"{side}ipv4address", address)
    for key, side in ADDRESS_KEYS.items():
        for name in _names_of(side, details.get(key)):
            if (key, name) != ("cluster_client_ip", "sourceipv4address"):
                _write(details, name, details[key])


def _add_forwarded(details: dict[str, Any], forwarded: Any) -> None:
    if not isinstance(forwarded, str):
        raise Lost("dropped: http_x_forwarded_for is no text, and MozDef's plugin ipFixup raises AttributeError")
    first = forwarded.split(",")[0]
    for name in reversed(_names_of("source", first)):
        if name == "sourceipv6address" or "sourceipaddress" not in details:
            details.setdefault(name, first)


def _names_of(side: str, address: Any) -> list[str]:
    """Return the names under which ipFixup stores an address, which may be as short as 127.1; none for what is none."""
    if not isinstance(address, str) or not address:
        return []
    try:
        socket.inet_aton(address)
    except (OSError, ValueError):
        is_ipv6 = ":" in address and "%" not in address and is_address(address)
        return [f"{side}ipv6address"] if is_ipv6 else []
    return [f"{side}ipaddress", f"{side}ipv4address"]


def _write(details: dict[str, Any], name: str, value: str) -> None:
    if details.get(name, value) != value:
        raise Lost(f"altered: ipFixup writes over {name}")
    details[name] = value


def is_address(text: str) -> bool:
    """Return whether a text is an address, perhaps with a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _locations(details: dict[str, Any]) -> dict[str, Any]:
    """Return what geoip adds: all that its database may know of an address, and the error where it does not know it."""
    found: dict[str, Any] = {}
    for name in ("source", "destination"):
        if f"{name}ipaddress" in details:
            found[f"{name}ipgeolocation"] = dict.fromkeys(_LOCATION, "text")
            found[f"{name}ipgeopoint"] = "0.0,0.0"
    return found


def words_in(value: Any) -> Iterator[str]:
    """Yield every text in a value as plugins are matched with it: keys and values, in lower case."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key.lower()
            yield from words_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from words_in(item)
    elif isinstance(value, str):
        yield value.lower()
