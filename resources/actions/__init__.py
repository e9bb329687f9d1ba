"""Verbs about resources: their versions, who reads them, what is public; the pages of prose."""
