"""The recorder and its cassettes."""
