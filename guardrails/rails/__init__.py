"""NeMo Guardrails runs the detectors by flows, to which an institution can add flows of its own."""

import os

os.environ.setdefault("NEMO_GUARDRAILS_NO_USAGE_STATS", "1")  # before any import of it: it reports home otherwise
