"""The public API under /v1: an institution's assistant for the institution's own clients."""
