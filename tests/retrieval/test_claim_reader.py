from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.meaning_material import Origin, parted, worded
from guardrails.verification.meaning import WEIGHTS
from knowledge_bases.schema import Language
from retrieval.claim_reader import ClaimReader, nearest
from retrieval.errors import ClaimReaderUnavailable
from retrieval.models import packaged_model
from retrieval.pair_text import CITED

FEE = "The annual fee of the Gold Card is HK$1,800. It is waived for the first year unless the card was held before."


@pytest.fixture(scope="module")
def reader() -> ClaimReader:
    return ClaimReader(packaged_model(), WEIGHTS)


@pytest.mark.parametrize("language", Language)
def test_of_authors_it_has_not_learned_from_wrong_sentences_raise_more_doubt_than_true_ones(
    reader: ClaimReader, language: Language
) -> None:
    chosen = [one for one in parted(worded())[1] if one.language is language and one.origin is Origin.OTHERS][:120]
    true, wrong = ([reader.doubt(o.sentence, o.evidence) for o in chosen if o.wrong is side] for side in (False, True))
    assert mean(wrong) > mean(true) + 1


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
