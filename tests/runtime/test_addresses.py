"""What kind an address is of: none of IANA's special ones is public, on no version of Python."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.addresses import address_kind

KINDS = {
    "private": [
        *("10.0.0.1", "100.64.0.1", "100.127.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
        *("fc00::1", "fd00::1", "fd00:ec3::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:c0a8:1::1"),
        # Behind prefixes of 96, 64, 56 and 48 bits. What follows the address does not change it.
        *("64:ff9b:1::10.0.0.1", "64:ff9b:1:0:a:0:100:0", "64:ff9b:1:a:0:1::", "64:ff9b:1:a00:0:100::"),
        *("64:ff9b:1:a00:0:100:808:808", "64:ff9b:1:808:8:800:c0a8:1"),
    ],
    "loopback": [
        *("127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::127.0.0.1"),
        *("64:ff9b:1:7f00:0:100::", "2002:7f00:1::1"),
    ],
    "link-local": [
        *("169.254.169.254", "169.254.170.2", "fe80::1", "fe80::1%1", "64:ff9b::a9fe:a9fe", "fd00:ec2::254"),
        "fd00:ec2::23",
    ],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::", "64:ff9b::", "64:ff9b:1::", "2002::1"],  # noqa: S104
    "Teredo": ["2001::1", "2001:0:808:808::1"],
    "reserved": [
        *("192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
        *("203.0.113.1", "240.0.0.1", "255.255.255.255", "::8.8.8.8", "::ffff:0:8.8.8.8", "100::1"),
        *("64:ff9b::1:808:808", "64:ff9b:2::808:808", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
        *("2001:1ff::1", "3fff::1", "3fff:fff::1", "5f00::1", "fec0::1", "4000::1"),
    ],
}
PUBLIC = [
    *(
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
    ),
    *("192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b:1::8.8.8.8", "64:ff9b:1:808:8:800::", "2002:808:808::1"),
    *("2001:200::1", "2001:4860:4860::8888", "2003::1", "2600::1", "2a00:1450::1", "3ffe::1"),
]


@pytest.mark.parametrize(("address", "kind"), [(address, kind) for kind in KINDS for address in KINDS[kind]])
def test_a_special_address_has_its_kind(address: str, kind: str) -> None:
    assert address_kind(address) == kind


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_beside_the_special_ones_is_public(address: str) -> None:
    assert address_kind(address) == "public"


EMBEDDING = [
    ipaddress.ip_network(prefix) for prefix in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
]
ipv4 = st.ip_addresses(v=4)
inside = st.builds(
    lambda network, host: network[host % network.num_addresses],
    st.sampled_from([ipaddress.IPv6Network(prefix) for prefix in ("2000::/3", "2001::/16", "::/96", "fc00::/7")]),
    st.integers(0, 2**128),
)


@given(st.ip_addresses() | inside)
def test_python_finds_nothing_special_in_public_addresses(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    # In no version, though the versions differ in what they know. They differ most in what embeds an IPv4 address.
    if not any(address in network for network in EMBEDDING):
        assert address_kind(str(address)) != "public" or (address.is_global and not address.is_multicast)


@given(ipv4)
def test_embedded_ipv4_address_counts_as_the_bare_one(address: ipaddress.IPv4Address) -> None:
    number, kind = int(address), address_kind(str(address))
    for embedding in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80 | 1):
        assert address_kind(str(ipaddress.IPv6Address(embedding))) == kind


@given(ipv4, st.integers(0, 2**16 - 1))
def test_address_of_a_local_nat64_is_public_only_where_every_reading_is(
    address: ipaddress.IPv4Address, subnet: int
) -> None:
    embedding = ipaddress.IPv6Address(0x64FF9B0001 << 80 | subnet << 64 | int(address))
    if address_kind(str(embedding)) in ("public", "private"):
        assert address_kind(str(address)) in (address_kind(str(embedding)), "public", "unspecified")


@given(ipv4)
def test_no_other_address_embedding_ipv4_is_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for embedding in (number, 0xFFFF << 48 | number, 0x2001 << 112 | number):
        assert address_kind(str(ipaddress.IPv6Address(embedding))) != "public"
