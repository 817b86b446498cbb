"""Giving a conversation to a person, who answers in it, hands it back or closes it; and a way to call back."""
