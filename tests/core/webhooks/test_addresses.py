"""Only addresses on the internet can be called, however they are written."""

import ipaddress

import pytest

from pipeline.core.webhooks.addresses import (
    AddressError,
    check_url,
    is_public,
    read_host,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/a/b?c=d&e=%20",
        "https://HOOKS.Example.COM:8443/x",
        "https://1.1.1.1/hook",
        "https://[2606:4700:4700::1111]/hook",
        "https://xn--bcher-kva.example/hook",
    ],
)
def test_an_address_on_the_internet_is_taken(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///hook",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:80/",
        "https://hooks.example.com:99999/",
        "https://user@hooks.example.com/",
        "https://user:password@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/#x",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nHost: x",
        "https://hooks.example.com/\n",
        "https://hooks.example.com\n",
        "https://hooks.example.com/ü",
        "https://localhost/",
        "https://intern/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://10.0.0.1/",
        "https://172.16.3.4/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/",
        "https://[fec0::1]/",
        "https://[fdff::1]/",
        "https://[5f00::1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[2001:db8::1]/",
        f"https://hooks.example.com/{'x' * 1000}",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "http://[::1]:9000/"]
)
def test_this_machine_can_be_called_on_the_local_system_only(url: str) -> None:
    check_url(url, allow_loopback=True)

    with pytest.raises(AddressError):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:22/",
        "http://127.0.0.1/",
        "ftp://127.0.0.1:9000/",
        "http://10.0.0.1:9000/",
        "http://169.254.169.254:9000/",
        "http://hooks.example.com:9000/",
    ],
)
def test_the_local_system_calls_nothing_else(url: str) -> None:
    with pytest.raises(AddressError):
        check_url(url, allow_loopback=True)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("8.8.8.8", True), ("2606:4700::1", True), ("::ffff:8.8.8.8", False), ("2001::1", False)],
)
def test_an_address_that_carries_another_one_is_not_public(address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) == expected


def test_the_host_of_two_addresses_is_the_same_however_it_is_written() -> None:
    assert read_host("https://Hooks.Example.com/a") == read_host("https://hooks.example.com.:443/b")
    assert read_host("https://hooks.example.com:8443/") != read_host("https://hooks.example.com/")
