"""What ``/version`` answers: a version of the SDK, which changes with the schema.

See contract/http.md#version.

Clients do two things with it. From 2.129 on they name the file of their cached schema by it, so it
must change whenever the schema does. Those up to 2.129 advise ``pip install kili==<version>``, so
it must be one that PyPI has. 2.129 does both, and a request without a key does not tell these
clients apart: they ask by a plain ``requests.get`` until 2.140.1, and with their key from 2.140.2.
"""

from __future__ import annotations

API_VERSION = "26.2.4"

# So much of the schema's hash is in the version for clients that may advise to install it.
_HASH_BITS = 16


def version_with_key(schema_hash: str) -> str:
    """The version for clients that send their key, none of which shows it to anybody."""
    return f"{API_VERSION}+{schema_hash}"


def version_without_key(schema_hash: str) -> str:
    """Another spelling of the API's version, which pip takes for the same.

    Zeros at the end of a release number, and zeros before a number, count for nothing (PEP 440):
    ``26.2.4`` is ``26.2.4.0.00``. Each bit of the hash is ``0`` or ``00``.

    Args:
        schema_hash: hexadecimal.
    """
    bits = f"{int(schema_hash, 16):0{_HASH_BITS}b}"[-_HASH_BITS:]
    return ".".join([API_VERSION, *("00" if bit == "1" else "0" for bit in bits)])
