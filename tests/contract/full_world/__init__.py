"""A world with content in every table, and arguments for each query and each mutation in it."""
