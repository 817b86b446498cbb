"""NeMo Guardrails runs the detectors by flows, to which an institution can add flows of its own."""
