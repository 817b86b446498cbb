"""Conversations and their messages, sealed under a key per conversation."""
