"""What we ship and what is known to be wrong with it."""
