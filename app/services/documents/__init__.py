"""Printable papers: a snapshot in, PDF bytes out; no database, no Qt."""
