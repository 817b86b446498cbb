"""Giving a conversation to a person, with a way to call back."""
