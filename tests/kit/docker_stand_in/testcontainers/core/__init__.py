"""The part of ``testcontainers`` for any image."""
