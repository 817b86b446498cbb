"""The customer's side: the chat frame, its token, and the pages a citation opens. A thin Chainlit adapter."""
