from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_bases.schema import Chunk, Language, Span, Unit, UnitKind, VersionKey
from retrieval import storage
from retrieval.embedders import HashingEmbedder
from retrieval.errors import ModelMismatch, SnapshotCorrupt, SnapshotMissing, SnapshotQuarantined, WrongInstitution
from retrieval.segments import SegmentRef, remove_segment, write_segment
from retrieval.snapshot import (
    Manifest,
    Snapshot,
    load_snapshot,
    open_snapshot,
    quarantine,
    read_manifest,
    write_manifest,
)
from retrieval.stored_chunks import from_line, to_line
from tests.retrieval.chunks import make_chunk

EMBEDDER = HashingEmbedder()


def store(root: Path, *texts: str, document: str = "fees", version: str = "1") -> SegmentRef:
    chunks = [make_chunk(text, document, version) for text in texts]
    return write_segment(root, chunks, EMBEDDER.embed(list(texts)), EMBEDDER.id, VersionKey(document, version))


def publish(root: Path, *refs: SegmentRef, generation: int = 1) -> str:
    return write_manifest(root, "harbour-bank", refs, EMBEDDER.id, generation)


def reopen(root: Path, snapshot_id: str, **changed: str) -> Snapshot:
    asked = {"institution_id": "harbour-bank", "embedder_id": EMBEDDER.id, "verify": "hashes", **changed}
    return open_snapshot(root, snapshot_id, **asked)  # type: ignore[arg-type]


texts = st.text(min_size=1, max_size=30)


@given(texts, texts, st.integers(0, 10**6), st.none() | st.integers(1, 999), st.just("") | texts)
def test_a_chunk_survives_storage_whatever_its_words(
    text: str, title: str, start: int, page: int | None, words_only: str
) -> None:
    span = Span(start, start + len(text))
    chunk = Chunk(
        "c1", VersionKey("d", "v"), "0" * 64, Language.ZH_HANT, span, text, title + text, page, (title,), None,
        (Unit(UnitKind.ROW, span),), {Span(0, 3): title}, words_only,
    )  # fmt: skip
    assert from_line(to_line(chunk)) == chunk


def test_words_that_are_not_embedded_are_searched_all_the_same(tmp_path: Path) -> None:
    chunk = replace(make_chunk("gold card"), words_only="In force from 1 October 2024")
    ref = write_segment(tmp_path, [chunk], EMBEDDER.embed([chunk.indexed_text]), EMBEDDER.id, chunk.key)
    snapshot = reopen(tmp_path, publish(tmp_path, ref))
    assert [row for row, _ in snapshot.lexical.search({"@2024-10-01": 1.0}, 3)] == [0]


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    snapshot_id = publish(
        tmp_path, store(tmp_path, "gold card", "line\u2028break\x85"), store(tmp_path, "x", document="a")
    )
    snapshot = reopen(tmp_path, snapshot_id)
    assert [chunk.text for chunk in snapshot.chunks] == ["x", "gold card", "line\u2028break\x85"]
    assert snapshot.vectors.shape == (3, EMBEDDER.dimensions)
    assert snapshot.rows == {VersionKey("a", "1"): range(0, 1), VersionKey("fees", "1"): range(1, 3)}


def test_the_same_content_is_written_once(tmp_path: Path) -> None:
    first = store(tmp_path, "gold card")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert store(tmp_path, "gold card") == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert publish(tmp_path, first) == publish(tmp_path, first)


def test_a_small_edit_stores_one_segment_more(tmp_path: Path) -> None:
    kept, old = store(tmp_path, "a", document="cards"), store(tmp_path, "gold card")
    new = store(tmp_path, "gold card, changed", version="2")
    before, after = publish(tmp_path, kept, old), publish(tmp_path, kept, new, generation=2)
    assert len(list((tmp_path / "segments").iterdir())) == 3
    assert reopen(tmp_path, before).chunks[0].text == reopen(tmp_path, after).chunks[0].text == "a"


def test_an_empty_snapshot_is_one(tmp_path: Path) -> None:
    assert reopen(tmp_path, publish(tmp_path)).chunks == ()


def test_a_snapshot_is_not_opened_for_another_institution(tmp_path: Path) -> None:
    snapshot_id = publish(tmp_path, store(tmp_path, "a"))
    with pytest.raises(WrongInstitution, match="not of institution 'lantern-insurance'"):
        reopen(tmp_path, snapshot_id, institution_id="lantern-insurance")


def test_vectors_of_another_model_are_refused(tmp_path: Path) -> None:
    snapshot_id = publish(tmp_path, store(tmp_path, "a"))
    with pytest.raises(ModelMismatch, match="embedded by hashing@1/64, not by other"):
        reopen(tmp_path, snapshot_id, embedder_id="other")


@pytest.mark.parametrize("name", ["chunks.jsonl", "vectors.npy", "terms.txt", "terms.npy", "concepts.npy"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_damaged_files_are_noticed_and_left_alone(tmp_path: Path, name: str, damage: str) -> None:
    ref = store(tmp_path, "gold card annual fee")
    snapshot_id = publish(tmp_path, ref)
    path = tmp_path / "segments" / ref.address / name
    content = path.read_bytes()
    damaged = {"cut": content[:-1], "flipped": content[:-2] + bytes([content[-2] ^ 1]) + content[-1:], "gone": None}[
        damage
    ]
    if damaged is None:
        path.unlink()
    else:
        path.write_bytes(damaged)
    with pytest.raises(SnapshotCorrupt, match=f"{name}.*build the index again"):
        reopen(tmp_path, snapshot_id)
    assert (path.read_bytes() if path.exists() else None) == damaged


@pytest.mark.parametrize("other", ["another document's", "an older version's", "another institution's"])
def test_a_file_swapped_for_one_of_its_size_is_noticed(tmp_path: Path, other: str) -> None:
    ref, elsewhere = store(tmp_path, "gold card annual fee HK$720"), tmp_path / "elsewhere"
    strangers = {
        "another document's": lambda: (tmp_path, store(tmp_path, "lost card charges HK$100", document="lost")),
        "an older version's": lambda: (tmp_path, store(tmp_path, "gold card annual fee HK$600", version="0")),
        "another institution's": lambda: (elsewhere, store(elsewhere, "gold card annual fee HK$999")),
    }
    snapshot_id = publish(tmp_path, ref)
    root, stranger = strangers[other]()
    for name in ("vectors.npy", "chunks.jsonl"):
        path = tmp_path / "segments" / ref.address / name
        written, foreign = path.read_bytes(), (root / "segments" / stranger.address / name).read_bytes()
        path.write_bytes(foreign)
        with pytest.raises(SnapshotCorrupt, match=f"{name}.*build the index again"):
            reopen(tmp_path, snapshot_id)
        assert path.read_bytes() == foreign
        path.write_bytes(written)
    assert reopen(tmp_path, snapshot_id).chunks


def test_a_whole_manifest_of_another_institution_is_not_opened(tmp_path: Path) -> None:
    own = publish(tmp_path, store(tmp_path, "a"))
    foreign = write_manifest(tmp_path, "lantern-insurance", [store(tmp_path, "b")], EMBEDDER.id, 1)
    with pytest.raises(WrongInstitution):
        reopen(tmp_path, foreign)
    path = tmp_path / "snapshots" / f"{own}.json"
    path.write_bytes((tmp_path / "snapshots" / f"{foreign}.json").read_bytes())  # under the own one's name
    with pytest.raises(SnapshotCorrupt):
        reopen(tmp_path, own)


def test_a_damaged_segment_is_moved_aside_when_it_is_built_again_and_removed_with_it(tmp_path: Path) -> None:
    ref = store(tmp_path, "gold card annual fee")
    path = tmp_path / "segments" / ref.address / "vectors.npy"
    for times in (1, 2):
        path.write_bytes(b"damaged")
        assert store(tmp_path, "gold card annual fee") == ref
        kept = tmp_path / "quarantine" / "segments" / f"{ref.address}.{times}" / "vectors.npy"
        assert kept.read_bytes() == b"damaged"
        assert reopen(tmp_path, publish(tmp_path, ref)).chunks
    remove_segment(tmp_path, ref.address)
    assert list((tmp_path / "quarantine" / "segments").iterdir()) == []


def test_an_altered_manifest_is_noticed(tmp_path: Path) -> None:
    snapshot_id = publish(tmp_path, store(tmp_path, "a"))
    path = tmp_path / "snapshots" / f"{snapshot_id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "institution_id": "lantern-insurance"}))
    with pytest.raises(SnapshotCorrupt):
        reopen(tmp_path, snapshot_id, institution_id="lantern-insurance")


def test_quarantine_closes_a_snapshot_and_moves_nothing(tmp_path: Path) -> None:
    snapshot_id = publish(tmp_path, store(tmp_path, "a"))
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    quarantine(tmp_path, snapshot_id, "hash differs")
    assert before < {path for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(SnapshotQuarantined):
        reopen(tmp_path, snapshot_id)


@pytest.mark.parametrize("name", ["", "0" * 64, "../snapshots/x", "0" * 63 + "G"])
def test_a_name_that_is_no_snapshot_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(SnapshotMissing):
        read_manifest(tmp_path, name)


@pytest.mark.parametrize("step", ["_write_through", "_sync_folder", "_move_into_place"])
def test_a_writer_killed_at_any_step_leaves_earlier_snapshots_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    snapshot_id = publish(tmp_path, store(tmp_path, "old"))
    addresses = set((tmp_path / "segments").iterdir())

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage, step, killed)
        with pytest.raises(KeyboardInterrupt):
            store(tmp_path, "new", document="other")
    assert set((tmp_path / "segments").iterdir()) == addresses
    assert reopen(tmp_path, snapshot_id).chunks[0].text == "old"
    assert reopen(tmp_path, publish(tmp_path, store(tmp_path, "new", document="other"))).chunks[0].text == "new"


def test_what_a_power_cut_leaves_half_written_is_never_read(tmp_path: Path) -> None:
    ref = store(tmp_path, "old")
    snapshot_id = publish(tmp_path, ref)
    half = tmp_path / "segments" / ".partial-abc"
    half.mkdir()
    (half / "chunks.jsonl").write_text("{")
    (tmp_path / "snapshots" / ".partial-def").write_text("{")
    assert reopen(tmp_path, snapshot_id).chunks[0].text == "old"


def test_the_slower_of_two_writers_of_the_same_content_succeeds(tmp_path: Path) -> None:
    ref = store(tmp_path, "same")
    address = tmp_path / "segments" / ref.address
    storage.write_folder(address, {"chunks.jsonl": b"the slower writer's"})
    assert reopen(tmp_path, publish(tmp_path, ref)).chunks[0].text == "same"
    assert [path.name for path in address.parent.iterdir()] == [ref.address]


def test_segments_of_another_model_make_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match="was embedded by hashing@1/64 and the index by other"):
        write_manifest(tmp_path, "harbour-bank", [store(tmp_path, "a")], "other", 1)


def test_one_version_has_one_segment(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two segments"):
        publish(tmp_path, store(tmp_path, "a"), store(tmp_path, "b"))


def test_chunks_of_another_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not of version"):
        write_segment(tmp_path, [make_chunk("a")], EMBEDDER.embed(["a"]), EMBEDDER.id, VersionKey("other", "1"))


def test_what_is_in_memory_already_is_not_read_again(tmp_path: Path) -> None:
    kept, new = store(tmp_path, "old words", document="cards"), store(tmp_path, "new words")
    before = reopen(tmp_path, publish(tmp_path, kept))
    (tmp_path / "segments" / kept.address / "chunks.jsonl").unlink()
    after = open_snapshot(
        tmp_path,
        publish(tmp_path, kept, new, generation=2),
        institution_id="harbour-bank",
        embedder_id=EMBEDDER.id,
        known=before.segments,
    )
    assert [chunk.text for chunk in after.chunks] == ["old words", "new words"]
    assert [row for row, _ in after.lexical.search({"word": 1.0}, 9)] == [0, 1]


def test_vectors_lie_in_memory_once_and_no_file_stays_mapped(tmp_path: Path) -> None:
    ref, other = store(tmp_path, "old words", document="cards"), store(tmp_path, "new words", "and more")
    snapshot = reopen(tmp_path, publish(tmp_path, ref, other))
    for path in tmp_path.rglob("vectors.npy"):
        path.write_bytes(b"")  # cut short in place: whoever still reads the mapped file is killed
    segments = snapshot.segments.values()
    assert [np.shares_memory(segment.vectors, snapshot.vectors) for segment in segments] == [True, True]
    assert snapshot.dense.search(EMBEDDER.embed(["new words"])[0], 1)[0][0] == 1
    again = load_snapshot(tmp_path, "again", snapshot.manifest, known=snapshot.segments)
    assert again.vectors.tolist() == snapshot.vectors.tolist()


def test_a_version_without_chunks_is_one(tmp_path: Path) -> None:
    key = VersionKey("empty", "1")
    ref = write_segment(tmp_path, [], np.zeros((0, EMBEDDER.dimensions), dtype=np.float32), EMBEDDER.id, key)
    assert reopen(tmp_path, publish(tmp_path, ref)).rows == {key: range(0, 0)}


@pytest.mark.parametrize("name", ["vectors.npy", "chunks.jsonl"])
def test_a_whole_file_of_another_version_in_its_place_is_noticed(tmp_path: Path, name: str) -> None:
    ref, other = store(tmp_path, "gold card, old"), store(tmp_path, "gold card, new", version="2")
    snapshot_id = publish(tmp_path, ref)
    one, two = (tmp_path / "segments" / each.address / name for each in (ref, other))
    assert one.stat().st_size == two.stat().st_size
    one.write_bytes(two.read_bytes())
    with pytest.raises(SnapshotCorrupt, match=f"{name} is not the file that was written"):
        reopen(tmp_path, snapshot_id)


def test_vectors_of_other_dimensions_than_the_manifest_says_are_refused(tmp_path: Path) -> None:
    ref = store(tmp_path, "gold card", "silver card")
    path = tmp_path / "segments" / ref.address / "vectors.npy"
    np.save(path, np.load(path).view(np.float64))
    snapshot_id = publish(tmp_path, ref)
    with pytest.raises(SnapshotCorrupt, match="its vectors are of another model"):
        reopen(tmp_path, snapshot_id, verify="sizes")


def test_a_manifest_that_mixes_models_or_dimensions_is_not_loaded(tmp_path: Path) -> None:
    own, small = store(tmp_path, "a"), HashingEmbedder(8)
    other = write_segment(tmp_path, [make_chunk("b", "other")], small.embed(["b"]), small.id, VersionKey("other", "1"))
    renamed = write_segment(
        tmp_path, [make_chunk("b", "other")], small.embed(["b"]), EMBEDDER.id, VersionKey("other", "1")
    )
    for strange, says in ((other, "one index has one model"), (renamed, "differ in dimensions")):
        with pytest.raises(ModelMismatch, match=says):
            load_snapshot(tmp_path, "preview", Manifest("harbour-bank", EMBEDDER.id, 1, (own, strange)))
        with pytest.raises(ModelMismatch, match=says):
            publish(tmp_path, own, strange)
