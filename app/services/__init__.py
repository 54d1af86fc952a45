"""What a user can do and see, one module per noun; no Qt, no face."""
