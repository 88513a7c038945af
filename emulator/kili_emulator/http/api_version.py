"""The answer of ``/version``: a version of the SDK that changes with the schema.

See contract/http.md#version.

Clients use the version in two ways. From 2.129 on, it is part of the file name of their cached
schema: the version must change whenever the schema changes. Up to 2.129, clients advise
``pip install kili==<version>``: the version must exist on PyPI. 2.129 does both. A request without
a key does not show the version of the client: clients up to 2.140.1 send a plain ``requests.get``,
those from 2.140.2 on send their key.
"""

from __future__ import annotations

API_VERSION = "26.2.4"

# The bits of the schema hash in the version for clients that may advise to install it.
_HASH_BITS = 16


def version_with_key(schema_hash: str) -> str:
    """Return the version for clients that send their key, which never show it to users."""
    return f"{API_VERSION}+{schema_hash}"


def version_without_key(schema_hash: str) -> str:
    """Return another spelling of the API version, which pip treats as the same version.

    Trailing zero components of a release, and leading zeros of a component, have no meaning
    (PEP 440): ``26.2.4`` equals ``26.2.4.0.00``. Each bit of the hash is ``0`` or ``00``.

    Args:
        schema_hash: hexadecimal digits.
    """
    bits = f"{int(schema_hash, 16):0{_HASH_BITS}b}"[-_HASH_BITS:]
    return ".".join([API_VERSION, *("00" if bit == "1" else "0" for bit in bits)])
