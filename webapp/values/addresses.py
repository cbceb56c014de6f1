"""Network addresses as whoever counts them sees them."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address


def line(address: str) -> str:
    """Whose line an address is of: itself, for IPv6 its network of 64 bits, as one line has all 2^64 of them. What is
    no address stays as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found), 64), strict=False))
