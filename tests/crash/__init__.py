"""Kills of the server at random moments, while clients write.

``clients`` writes and keeps account of what was acknowledged; ``kills`` starts, kills and checks.
"""
