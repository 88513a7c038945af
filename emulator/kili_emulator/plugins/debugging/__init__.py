"""Give one run at a time the terminal, where a plugin calls ``breakpoint()``."""
