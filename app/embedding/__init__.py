"""Embedding models: which an index was made by, where they lie, and changes from one to another."""
