"""Carriers' systems behind one port; nothing here knows the database."""
