"""Second judges of generated sentences: what ``guardrails.verification.second_judge`` has a port for."""
