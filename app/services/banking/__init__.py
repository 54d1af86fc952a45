"""Bank statements: files of banks read into one shape, matched with what is open, booked, and taken back."""
