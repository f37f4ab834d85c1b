"""How many workers a load needs, by simulation."""
