"""Which addresses are public: none of IANA's special ones, on no version of Python."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.addresses import is_public

SPECIAL = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255"),  # noqa: S104
    *("169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1"),
    *("192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:0:8.8.8.8", "100::1"),
    *("64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8", "64:ff9b::1:808:808"),
    *("2001::1", "2001:0:808:808::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2001:1ff::1"),
    *("2002:7f00:1::1", "2002:808:808::1", "3fff::1", "3fff:fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "ff0e::1", "4000::1"),
]
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
    *("64:ff9b::8.8.8.8", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2600::1", "2a00:1450::1", "3ffe::1"),
]


@pytest.mark.parametrize("address", SPECIAL)
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_beside_the_special_ones_is_public(address: str) -> None:
    assert is_public(address)


ipv4 = st.ip_addresses(v=4)
inside = st.builds(
    lambda network, host: network[host % network.num_addresses],
    st.sampled_from([ipaddress.IPv6Network(prefix) for prefix in ("2000::/3", "2001::/16", "64:ff9b::/96", "::/96")]),
    st.integers(0, 2**128),
)


@given(st.ip_addresses() | inside)
def test_python_finds_nothing_special_in_public_addresses(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    # In no version, though the versions differ in what they know.
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@given(ipv4)
def test_ipv4_address_in_nat64_counts_as_the_bare_ipv4_address(address: ipaddress.IPv4Address) -> None:
    assert is_public(str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address)))) is is_public(str(address))


@given(ipv4)
def test_no_other_address_embedding_ipv4_is_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for carrying in (
        number,
        0xFFFF << 32 | number,
        0xFFFF << 48 | number,
        0x2002 << 112 | number << 80,
        0x2001 << 112 | number,
    ):
        assert not is_public(str(ipaddress.IPv6Address(carrying)))
