"""The schema as one line of numbered history; a released migration is never edited."""
