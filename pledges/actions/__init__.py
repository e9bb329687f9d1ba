"""Verbs: every write that changes a state, or several rows."""
