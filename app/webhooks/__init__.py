"""Webhooks: what happens is told to an institution's own systems, signed and once."""
