"""Measurements that compare two things in one run, so that they say the same on any machine."""
