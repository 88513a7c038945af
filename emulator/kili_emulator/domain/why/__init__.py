"""Why a plugin did not run: a question about what happened, and an answer for each plugin."""
