"""Passes that others verify: ES256 JWTs of at most five minutes, and the public keys to verify them with."""
