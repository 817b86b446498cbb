"""The institutions served: their configuration and the pointer to their published snapshot."""
