"""What developers run: the gates, and the generators of checked-in files."""
