"""Which intents of clinc150 a bank's customer may have."""

from __future__ import annotations

# Intents of clinc150 that a bank's customer may ask, or that are plain courtesy: not counted as out of scope.
_BANKING_INTENTS = frozenset(
    {
        "account_blocked", "application_status", "apr", "are_you_a_bot", "balance", "bill_balance", "bill_due",
        "cancel", "card_declined", "change_accent", "change_language", "change_speed", "change_user_name",
        "change_volume", "credit_limit", "credit_limit_change", "credit_score", "damaged_card", "direct_deposit",
        "exchange_rate", "expiration_date", "freeze_account", "goodbye", "greeting", "improve_credit_score", "income",
        "insurance", "insurance_change", "interest_rate", "international_fees", "international_visa", "maybe",
        "min_payment", "new_card", "no", "order", "order_checks", "order_status", "pay_bill", "payday", "pin_change",
        "pto_balance", "pto_request", "pto_request_status", "pto_used", "redeem_rewards", "repeat",
        "replacement_card_duration", "report_fraud", "report_lost_card", "reset_settings", "rewards_balance",
        "rollover_401k", "routing", "shopping_list", "spending_history", "sync_device", "taxes", "thank_you",
        "transactions", "transfer", "travel_notification", "user_name", "w2", "what_can_i_ask_you",
        "what_is_your_name", "whisper_mode", "who_do_you_work_for", "who_made_you", "yes",
    }
)  # fmt: skip


def asks_a_bank(intent: str) -> bool:
    """Whether a question of this intent may reach a bank."""
    return intent in _BANKING_INTENTS
