"""What looks like a secret, and how a line is printed without it."""
