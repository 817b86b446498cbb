"""What can go wrong in guardrails. Refusing a question is not here: that is a Verdict.

GuardrailError
├── RulebookError     a rule file is wrong; nothing of the rulebook is loaded
├── DisclosureError   a statement is owed and cannot be written; the answer is held
├── PatternTimeout    a pattern took too long over a text; the rail counts as failed
└── FlowError         an institution's own flow is wrong; its answers are held until it is mended
"""

from __future__ import annotations


class GuardrailError(Exception):
    """Root of this package's errors."""


class RulebookError(GuardrailError):
    """A rule file is wrong. The message names the file or rule, the fault and what to do."""


class DisclosureError(GuardrailError):
    """A statement is owed but one of its slots is not filled."""


class PatternTimeout(GuardrailError):
    """A pattern with assertions ran into its watchdog. Never quotes the text."""


class FlowError(GuardrailError):
    """A file of an institution's flows is wrong. The message names the file, the line, and what is allowed."""
