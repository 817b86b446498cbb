from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.verification.meaning import WEIGHTS
from retrieval.claim_reader import ClaimReader, nearest
from retrieval.errors import ClaimReaderUnavailable
from retrieval.models import packaged_model
from retrieval.pair_text import CITED

FEE = "The annual fee of the Gold Card is HK$1,800. It is waived for the first year unless the card was held before."


@pytest.fixture(scope="module")
def reader() -> ClaimReader:
    return ClaimReader(packaged_model(), WEIGHTS)


@pytest.mark.parametrize(
    ("evidence", "true", "wrong"),
    [
        (
            FEE,
            "You pay no annual fee in the first year if you have never held the card.",
            "You pay no annual fee in the first year, whether or not you have held the card.",
        ),
        (
            "退保須於保單生效滿兩年後提出，並扣除手續費200港元。",
            "保單生效兩年後先可以退保，要扣200蚊手續費。",
            "保單生效兩年內可以退保，唔使扣手續費。",
        ),
        (
            "如客户在到期日前取消交易，银行可拒绝退还手续费。",
            "到期日前取消的话，手续费不一定退。",
            "到期日前取消的话，银行一定会退还手续费。",
        ),
    ],
)
def test_a_wrong_sentence_raises_more_doubt_than_a_true_one(
    reader: ClaimReader, evidence: str, true: str, wrong: str
) -> None:
    assert reader.doubt(wrong, evidence) > reader.doubt(true, evidence)


def test_the_same_two_texts_raise_the_same_doubt(reader: ClaimReader) -> None:
    again = ClaimReader(packaged_model(), WEIGHTS)
    assert reader.doubt("The fee is HK$1,800.", FEE) == again.doubt("The fee is HK$1,800.", FEE)


def test_nothing_beside_nothing_can_be_read(reader: ClaimReader) -> None:
    assert isinstance(reader.doubt("", ""), float)


def test_evidence_that_is_short_enough_is_read_whole() -> None:
    assert nearest("fee", FEE, lambda text: len(text.split())) == FEE


def test_of_long_evidence_the_parts_that_share_most_with_the_sentence_are_read_in_their_order() -> None:
    filler = "Cardholders may write to the Bank at any time about other matters of their accounts. " * 20
    evidence = f"{filler}The lounge is free twice a year. {filler}A third visit to the lounge costs HK$300."
    read = nearest("A third lounge visit in a year costs HK$300.", evidence, lambda text: len(text.split()))
    assert "free twice a year" in read
    assert read.endswith("HK$300.")
    assert len(read.split()) <= CITED


@given(st.text(max_size=400), st.text(max_size=60))
def test_what_is_read_of_evidence_is_never_more_than_there_is(evidence: str, sentence: str) -> None:
    read = nearest(sentence, evidence, lambda text: len(text) * 2)
    assert len(read) <= len(evidence)


def test_the_shipped_file_is_small() -> None:
    assert WEIGHTS.stat().st_size < 12_000_000


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    with pytest.raises(ClaimReaderUnavailable, match="broken"):
        ClaimReader(packaged_model(), tmp_path / "broken.safetensors").doubt("fee", FEE)


def test_what_is_wrong_with_a_file_shows_with_a_sentence_and_not_before(tmp_path: Path) -> None:
    reader = ClaimReader(packaged_model(), tmp_path / "missing.safetensors")
    reader.warm_up()
    with pytest.raises(ClaimReaderUnavailable, match="missing"):
        reader.doubt("fee", FEE)
