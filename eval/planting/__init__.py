"""Errors planted in sentences of cited documents, and such sentences said otherwise: ``python -m eval.planting``."""
