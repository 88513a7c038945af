"""A fast SDK for tests without an emulator in their process, such as those of a running server.

::

    with fast_sdk():
        kili.upload_plugin("my_plugin")

A running ``Emulator()`` has the same effect.
"""

from kili_emulator.sdk.pauses import fast_sdk, shared_schemas

__all__ = ["fast_sdk", "shared_schemas"]
