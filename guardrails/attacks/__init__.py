"""Orders to the assistant and harmful requests, told from messages that only sound like them."""
