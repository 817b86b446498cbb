"""Where events may go: listed hosts by https, and nowhere inside the network that is not listed itself."""

from __future__ import annotations

import pytest

from app.webhooks.addresses import AllowedHosts
from app.webhooks.errors import AddressRefused

LISTED = AllowedHosts.of("desk.bank.example, desk.bank.example:8443,127.0.0.1:9000, 10.0.0.5, [::1]:9000")


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.bank.example/hook?x=1",
        "https://DESK.bank.example:443/hook",
        "https://desk.bank.example:8443",
        "https://10.0.0.5/hook",
        "http://127.0.0.1:9000/hook",
        "http://[::1]:9000/hook",
    ],
)
def test_a_listed_host_may_be_told(url: str) -> None:
    assert LISTED.check_url(url).hostname


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.bank.example/hook",
        "http://10.0.0.5/hook",
        "https://desk.bank.example:444/",
        "https://other.example/",
        "https://desk.bank.example.evil.example/",
        "https://evil.example/desk.bank.example",
        "https://desk.bank.example@evil.example/",
        "https://user:word@desk.bank.example/",
        "https://desk.bank.example/#part",
        "https://desk.bank.example:99999/",
        "https://desk.bank.example\\@evil.example/",
        "https://desk bank.example/",
        "https://127.1:9000/",
        "http://2130706433:9000/",
        "ftp://desk.bank.example/",
        "file:///etc/passwd",
        "desk.bank.example",
        "",
        "https://[::1/",
        "https://desk.bank.example/" + "x" * 500,
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        LISTED.check_url(url)


def test_with_nothing_listed_nothing_is_told() -> None:
    with pytest.raises(AddressRefused, match="CANDOUR_WEBHOOK_HOSTS"):
        AllowedHosts.of("").check_url("https://desk.bank.example/")


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822", "10.0.0.5", "127.0.0.1"],
)
def test_a_public_address_and_a_listed_one_are_good(address: str) -> None:
    LISTED.check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.6",
        "192.168.1.1",
        "172.16.0.1",
        "127.0.0.2",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "::",
        "::ffff:10.0.0.6",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "64:ff9b:1::1",
        "64:ff9b::a00:6",
        "no address",
    ],
)
def test_an_address_inside_the_network_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        LISTED.check_address(address)


def test_a_link_local_address_is_refused_even_where_it_is_listed() -> None:
    with pytest.raises(AddressRefused, match="link-local"):
        AllowedHosts.of("169.254.169.254").check_address("169.254.169.254")


@pytest.mark.parametrize(
    "name", [".example", "desk..example", "desk.example.", "x" * 64 + ".example", "a." * 126 + "ab"]
)
def test_a_name_that_no_dns_holds_is_not_listed(name: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        AllowedHosts.of(name)


def test_an_address_that_was_never_given_out_is_good_only_where_it_is_listed() -> None:
    AllowedHosts.of("[4000::1]").check_address("4000::1")
