"""NeMo Guardrails runs the detectors: one flow each, so that an institution can add flows of its own."""
