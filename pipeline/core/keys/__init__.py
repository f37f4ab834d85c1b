"""API keys of users: a program exchanges one for a token of 15 minutes.

Only a hash of a key is stored. SHA-256 is enough: a key has 256 random bits, so nobody can guess
one, and slowing guesses down, as for passwords, would protect nothing.
"""
