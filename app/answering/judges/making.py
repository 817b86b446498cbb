"""From settings to second judges. The client of a served model takes two seconds to load: only where one is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from app.answering.judges.settings import SecondJudgeSettings
from guardrails.verification import IndependentJudge, SecondJudge

KeyOf = Callable[[SecondJudgeSettings], SecretStr]


def second_judges(settings: Mapping[str, SecondJudgeSettings], key_of: KeyOf) -> dict[str, SecondJudge]:
    """A judge for each institution that has settings for one; ``key_of`` gives the key that they name."""
    return {one: SecondJudge(_judge(each, key_of), each.timeout_s) for one, each in settings.items()}


def _judge(settings: SecondJudgeSettings, key_of: KeyOf) -> IndependentJudge:
    if settings.nli_folder is not None:
        from app.answering.judges.entailing import EntailmentJudge
        from retrieval.entailment import EntailmentReader

        return EntailmentJudge(EntailmentReader(settings.nli_folder))
    from app.answering.judges.model import JudgeModel, ModelJudge

    served = (settings.base_url or "", settings.model or "")  # neither is empty: SecondJudgeSettings sees to that
    return ModelJudge(JudgeModel(*served, key_of(settings), settings.timeout_s))
