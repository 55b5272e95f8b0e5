"""What kind of network an IP address belongs to, so that no request reaches one that it must not reach.

`ipaddress.is_global` is no substitute: it differs between Python 3.11 and 3.13, and counts multicast as global.
https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

PUBLIC, PRIVATE = "public", "private"
_UNSPECIFIED = "unspecified"
_IPV4 = {
    IPv4Network(network): kind
    for network, kind in (
        ("0.0.0.0/8", _UNSPECIFIED),  # this host
        ("10.0.0.0/8", PRIVATE),
        ("100.64.0.0/10", PRIVATE),  # behind a carrier's NAT, and in subnets of a VPC
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),  # the metadata of instances, credentials of containers
        ("172.16.0.0/12", PRIVATE),
        ("192.0.0.0/24", "reserved"),  # protocols
        ("192.0.2.0/24", "reserved"),  # documentation
        ("192.88.99.0/24", "reserved"),  # relays of 6to4
        ("192.168.0.0/16", PRIVATE),
        ("198.18.0.0/15", "reserved"),  # benchmarks
        ("198.51.100.0/24", "reserved"),  # documentation
        ("203.0.113.0/24", "reserved"),  # documentation
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),  # and broadcast
    )
}
_IPV6 = {
    IPv6Network(network): kind
    for network, kind in (
        ("::/128", _UNSPECIFIED),
        ("::1/128", "loopback"),
        ("2001::/32", "Teredo"),  # it goes to a server and a port that the address names
        ("2001::/23", "reserved"),  # protocols: benchmarks, ORCHID
        ("2001:db8::/32", "reserved"),  # documentation
        ("3fff::/20", "reserved"),  # documentation
        ("2000::/3", PUBLIC),  # all public IPv6 addresses but those above
        ("fd00:ec2::/32", "link-local"),  # AWS's link-local services: metadata, credentials, name servers
        ("fc00::/7", PRIVATE),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
}
"""The first network that holds an address gives its kind; what none holds is reserved."""
_MAPPED, _6TO4 = IPv6Network("::ffff:0:0/96"), IPv6Network("2002::/16")
_NAT64, _LOCAL_NAT64 = IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48")
"""IPv4 addresses, embedded for networks that have IPv6 alone: https://www.rfc-editor.org/rfc/rfc6052, rfc8215"""


def address_kind(address: str) -> str:
    """Return `public`, `private`, or another kind, to which no request may go, of what getaddrinfo() writes."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return _ipv4_kind(parsed)
    if parsed in _MAPPED or parsed in _NAT64:
        return _ipv4_kind(IPv4Address(parsed.packed[12:]))
    if parsed in _6TO4:
        return _ipv4_kind(IPv4Address(parsed.packed[2:6]))
    if parsed in _LOCAL_NAT64:
        return _local_nat64_kind(parsed)
    return next((kind for network, kind in _IPV6.items() if parsed in network), "reserved")


def _ipv4_kind(address: IPv4Address) -> str:
    return next((kind for network, kind in _IPV4.items() if address in network), PUBLIC)


def _local_nat64_kind(address: IPv6Address) -> str:
    """Return the worst kind that it can have: where the IPv4 address stands depends on the network's own prefix.

    Behind a prefix of 48, 56 or 64 bits it goes around the ninth byte. 0.0.0.0/8 is what stands where it is not.
    """
    packed = address.packed
    without_ninth = packed[:8] + packed[9:]
    readings = (*(without_ninth[start : start + 4] for start in (6, 7, 8)), packed[12:])
    kinds = {_ipv4_kind(IPv4Address(reading)) for reading in readings} - {_UNSPECIFIED}
    return min(kinds, key=lambda kind: (kind == PUBLIC, kind == PRIVATE, kind), default=_UNSPECIFIED)
