"""Other systems, each kind behind a port of its own."""
