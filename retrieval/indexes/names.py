"""How a collection is called in a store that has its own rules for names."""

from __future__ import annotations

from hashlib import sha256


def stored_as(collection: str) -> str:
    """A name that any store takes, and no two collections share: letters and digits, 40 characters.

    Raises:
        ValueError: the collection has no name (promise 7: an institution is never left out).
    """
    if not collection:
        raise ValueError("a collection needs a name that holds its institution's id")
    return f"vectors_{sha256(collection.encode()).hexdigest()[:32]}"
