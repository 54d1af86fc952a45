"""Small windows that ask what a command still needs to know, run it and close."""
