"""One document in several languages: who belongs together, what is missing, whose text is behind."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.documents.siblings import Families
from app.documents.types import DocumentVersion, Progress, Stage, VersionStatus
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.worlds import an_institution

BANK = an_institution()
EN, HANT, HANS = Language.EN, Language.ZH_HANT, Language.ZH_HANS


def version(
    document: str,
    language: Language = EN,
    sibling: str | None = None,
    as_at: date = date(2026, 1, 1),
    status: VersionStatus = VersionStatus.PUBLISHED,
) -> DocumentVersion:
    info = VersionInfo(VersionKey(document, as_at.isoformat()), document, language, as_at=as_at, sibling=sibling)
    nothing = dict.fromkeys(("file_bytes", "parse_sha256", "parse_bytes", "segment", "page_count", "approved_by"))
    return DocumentVersion(
        info=info,
        status=status,
        progress=Progress(Stage.READY),
        file_name="f.pdf",
        file_sha256="0" * 64,
        problems=(),
        hidden=0,
        uploaded_by="maya",
        self_published=False,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        published_at=None,
        withdrawn_at=None,
        **nothing,  # type: ignore[arg-type]
    )


def test_a_link_that_one_side_states_holds_both_ways_and_over_several() -> None:
    english, chinese, simplified = version("a", EN), version("b", HANT, "a"), version("c", HANS, "b")
    families = Families(BANK, [english, chinese, simplified])
    for own in (english, chinese, simplified):
        found = [sibling.version for sibling in families.of(own)]
        assert found == [v for v in (english, chinese, simplified) if v is not own]


def test_each_language_of_the_institution_that_the_family_lacks_is_named() -> None:
    english, chinese = version("a", EN, "b"), version("b", HANT)
    assert [s.language for s in Families(BANK, [english, chinese]).of(english) if s.version is None] == [HANS]
    assert [s.language for s in Families(BANK, [english]).of(english) if s.version is None] == [HANT, HANS]


def test_a_link_to_nothing_and_a_withdrawn_sibling_are_none() -> None:
    english = version("a", EN, "b")
    gone = version("b", HANT, status=VersionStatus.WITHDRAWN)
    assert all(sibling.version is None for sibling in Families(BANK, [english, gone]).of(english))


def test_an_older_text_in_the_other_language_is_said_from_both_sides() -> None:
    old, new = version("a", EN, "b"), version("a", EN, "b", date(2026, 6, 1))
    chinese = version("b", HANT)
    families = Families(BANK, [old, new, chinese])
    seen = {s.language: (s.behind, s.ahead) for s in families.of(new)}
    assert seen[HANT] == (True, False)
    back = {s.language: (s.behind, s.ahead) for s in families.of(chinese)}
    assert back[EN] == (False, True)


def test_a_document_without_links_stands_alone() -> None:
    a, b = version("a"), version("b", HANT)
    assert [s.version for s in Families(BANK, [a, b]).of(a)] == [None, None]
