"""Each of the six sectors answers in each language from its own document, with the statements it owes as written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from app.answering.types import Answer, AnswerStatus, Question
from app.composition import Platform, build_platform
from app.foundation import lay_foundation
from app.jobs.samples import seed_sample
from app.samples import sample_folders
from app.settings import Settings
from guardrails.disclosure import day_in_words
from guardrails.dispute_bodies import dispute_body
from guardrails.rulebook import load_rulebook
from knowledge_bases.schema import Institution, Language, Sector
from retrieval.models import finance_model
from retrieval.onnx_embedder import OnnxEmbedder

EN, HANT, HANS = Language.EN, Language.ZH_HANT, Language.ZH_HANS
CARD, MPF, STOCK, FUND = ("D01",), ("D40", "D47", "D50"), ("D22", "D47", "D50"), ("D18", "D47", "D50")
ASKED = [
    ("harbour-bank", EN, "What is the annual fee of the gold card?", "card-fees-en", CARD),
    ("harbour-bank", HANT, "金卡年費幾多？", "card-fees-zh", CARD),
    ("harbour-bank", HANS, "金卡年费是多少？", "card-fees-zh", CARD),
    ("lantern-insurance", EN, "What does Plan B pay for a travel delay?", "travel-brochure-en", ("D37",)),
    ("lantern-insurance", HANT, "計劃B的旅程延誤賠幾多？", "travel-brochure-zh", ("D37",)),
    ("lantern-insurance", HANS, "投诉多久会有书面回复？", "claims-complaints-zh", ("D49",)),
    ("peak-mpf", EN, "What is the management fee of the Core Accumulation Fund?", "fee-schedule-en", MPF),
    ("peak-mpf", HANT, "核心累積基金的管理費是多少？", "fee-schedule-zh", MPF),
    ("peak-mpf", HANS, "核心累积基金的管理费是多少？", "fee-schedule-zh", MPF),
    ("redsail-securities", EN, "What does it cost to trade United States stocks?", "overseas-markets-en", STOCK),
    ("redsail-securities", HANT, "電話落盤買港股佣金幾多？", "trading-fees-zh", STOCK),
    ("redsail-securities", HANS, "认购新股的截止时间是什么时候？", "ipo-subscription-zh", STOCK),
    ("papercrane-funds", EN, "What is the management fee of the Crane Balanced Fund?", "balanced-fund-facts-en", FUND),
    ("papercrane-funds", HANT, "紙鶴亞洲債券基金5年回報是多少？", "fund-performance-zh", ("D19", *FUND)),
    ("papercrane-funds", HANS, "转换基金要收费吗？", "dealing-faq-zh", FUND),
    ("teacup-wallet", EN, "Is the money in my wallet protected?", "float-safeguarding-en", ("D45",)),
    ("teacup-wallet", HANT, "轉數快過錯數可唔可以取消？", "payments-zh", ("D46",)),
    ("teacup-wallet", HANS, "钱包余额有利息吗？", "float-safeguarding-hans", ("D45",)),
]
Platforms = Callable[[str], tuple[Platform, Institution]]


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Platforms:
    embedder = OnnxEmbedder(finance_model())

    @cache
    def platform_of(institution_id: str) -> tuple[Platform, Institution]:
        folder = next(f for f in sample_folders() if f.institution.id == institution_id)
        foundation = lay_foundation(_settings(tmp_path_factory.mktemp("data")))
        seed_sample(foundation, embedder, folder)
        return build_platform(foundation, embedder), folder.institution

    return platform_of


def test_the_samples_are_of_all_six_sectors() -> None:
    assert {sector for folder in sample_folders() for sector in folder.institution.sectors} == set(Sector)
    assert {(institution, language) for institution, language, *_ in ASKED} == {
        (folder.institution.id, language) for folder in sample_folders() for language in Language
    }


@pytest.mark.slow
@pytest.mark.parametrize(("institution_id", "language", "question", "document", "owed"), ASKED)
def test_a_question_is_answered_from_its_document_with_the_owed_statements_byte_for_byte(
    platforms: Platforms, institution_id: str, language: Language, question: str, document: str, owed: tuple[str, ...]
) -> None:
    platform, institution = platforms(institution_id)
    answer = _ask(platform, institution_id, question)
    assert (answer.status, answer.language) == (AnswerStatus.QUOTED, language)
    assert document in {part.citation.key.document for sentence in answer.sentences for part in sentence.parts}
    said = {statement.rule_id: statement.text for statement in answer.disclosures}
    assert set(owed) <= said.keys()
    assert said == {rule_id: _as_written(rule_id, institution, answer) for rule_id in said}
    assert answer.text.endswith("\n\n".join(said.values()))


@pytest.mark.slow
@pytest.mark.parametrize("question", ["Which fund should I buy?", "邊隻基金好，幫我揀？", "推荐一只基金给我买"])
def test_the_wallet_asked_about_funds_names_none(platforms: Platforms, question: str) -> None:
    platform, _ = platforms("teacup-wallet")
    assert _ask(platform, "teacup-wallet", question).sentences == ()


def _settings(data_dir: Path) -> Settings:
    return Settings(_env_file=None, data_dir=data_dir, log_level="error", quality_sample_rate=0.0)


def _ask(platform: Platform, institution_id: str, question: str) -> Answer:
    answer = asyncio.run(platform.assistant.ask(Question(institution_id, question)))
    assert answer is not None
    return answer


def _as_written(rule_id: str, institution: Institution, answer: Answer) -> str:
    """The rulebook's wording in the answer's language, its slots filled from the institution and what is quoted."""
    language, contact = answer.language, institution.contact
    rule = next(rule for rule in load_rulebook().disclosures if rule.id == rule_id)
    cited = sorted({(part.citation.key, sentence.title) for sentence in answer.sentences for part in sentence.parts})
    dates = [sentence.as_at for sentence in answer.sentences if sentence.as_at]
    slots = {
        "complaint_contact": f"{contact.phone} / {contact.email}",
        "source": "; ".join(dict.fromkeys(title for _, title in cited)),
        "date": day_in_words(min(dates), language) if dates else "",
        "dispute_body": dispute_body(institution.sectors, language),
        **{name: words.in_language(language) for name, words in institution.slots.items()},
    }
    return rule.statement.in_language(language).format_map(slots)
