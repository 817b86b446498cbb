"""A question -> the passages of one institution's snapshot, and the spans of them that answer it best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import structlog

from knowledge_bases.schema import Language, Passage, VersionKey
from retrieval.columns import by_column
from retrieval.concepts import Thesaurus
from retrieval.cross_encoder import Bounded
from retrieval.dialogue import InContext, gone_on, readings
from retrieval.errors import ModelMismatch
from retrieval.exchanged import Alike, Synonyms, tables_of
from retrieval.expansion import Lexicon
from retrieval.follow_ups import whole
from retrieval.legs import Hit, Searched, found, reordered, search
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.matches import Matches, Read
from retrieval.named_rows import each_named, of_the_named
from retrieval.needs import Rarity, needs, wanted
from retrieval.ports import Embedder, Mask, SpanLeads
from retrieval.proofreading import Proofreader, shipped_proofreader
from retrieval.question_vectors import vector_of
from retrieval.ranking import Candidate, Quote, ranked, reread, views_of
from retrieval.replaced import left_behind
from retrieval.reranker import Reranker, shipped_reranker
from retrieval.results import READER, Reading, Result
from retrieval.scorer import Scorer, shipped_scorer
from retrieval.slips import Slip
from retrieval.snapshot import Snapshot
from retrieval.span_reader import SHARE
from retrieval.strength import Strength, shipped_strength
from retrieval.tokens import is_character, is_chinese, terms
from retrieval.types import Query
from retrieval.views import Asked, Found, View

READ_CLOSELY = 15  # passages whose spans are compared with the question
VIEWS_KEPT = 5_000  # passages whose spans stay ready
FOLLOW_UP_WEIGHT = 0.3  # of a term carried over from the question it leans on
BY_ITSELF = 1.5  # a lead by which a reading with more words must be ahead of a short question by itself
UNKNOWN = -1.0  # what the scorer reads where the dense leg was down

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Understood:
    """A question without ``slips`` in one reading, over ``turns`` in between; its terms, what it finds, best first."""

    told: InContext
    read: Read
    terms: Mapping[str, float]
    hits: tuple[Hit, ...]
    degraded: tuple[str, ...]
    slips: tuple[Slip, ...] = ()
    turns: tuple[str, ...] = ()

    @property
    def best_lead(self) -> float:
        return max((hit.lead for hit in self.hits), default=0.0)


class Retriever:
    """Searches one snapshot. Without an embedder, or when it fails, words and concepts decide (promise 9).

    A ``reader`` puts the first of what was found in its own order, a ``span_reader`` has a share in that of their
    spans; when one fails, or is late, they stay as they are.
    Safe to share between threads.

    Raises:
        ModelMismatch: another model than ``embedder`` made the snapshot.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder | None,
        lexicon: Lexicon | None = None,
        reranker: Reranker | None = None,
        reader: Bounded | None = None,
        span_reader: SpanLeads | None = None,
        proofreader: Proofreader | None = None,
    ) -> None:
        if embedder is not None and snapshot.chunks and embedder.id != snapshot.manifest.embedder_id:
            raise ModelMismatch(
                f"snapshot {snapshot.id} was embedded by {snapshot.manifest.embedder_id}, and is not to be searched by "
                f"{embedder.id}"
            )
        self._snapshot = snapshot
        self._embedder = embedder
        self._lexicon = lexicon or shipped_lexicon()
        self._reranker = reranker or shipped_reranker()
        self._reader = reader
        self._span_reader = span_reader
        self._proofreader = proofreader or shipped_proofreader()
        self._views = lru_cache(maxsize=VIEWS_KEPT)(self._made_ready)

    @property
    def snapshot(self) -> Snapshot:
        """What is searched."""
        return self._snapshot

    def search(self, query: Query, allowed: Collection[VersionKey] | None = None) -> tuple[Passage, ...]:
        """At most ``query.k`` passages, best first, of the versions in ``allowed``; None allows all, () none."""
        hits = self._understood(query, allowed, query.k).hits
        return tuple(self._passage(rank, hit) for rank, hit in enumerate(hits, start=1))

    def retrieve(self, query: Query, allowed: Collection[VersionKey] | None = None) -> Result:
        """``search`` with the spans that answer best, and how strongly the first of them does."""
        reading = self.read(query, allowed)
        quotes = of_the_named(reading.asked.question, ranked(reading.asked, reading.candidates, self._scorer))
        passages = tuple(candidate.passage for candidate in reading.candidates[: query.k])
        if not quotes:
            return Result(passages, (), 0.0, reading.degraded, reading.slips)
        leads, degraded = self._leads(reading.asked.question, quotes)
        quotes = reread(reading.asked, quotes, leads, SHARE)
        strength = self._strength.of(reading.signs(self._scorer.lead(quotes[0].score), read=bool(leads)))
        quotes = each_named(reading.asked.question, quotes)
        return Result(passages, quotes, strength, (*reading.degraded, *degraded), reading.slips)

    def read(self, query: Query, allowed: Collection[VersionKey] | None = None) -> Reading:
        """The question and its candidates before they are scored; what the scorer is trained on."""
        understood = self._understood(query, allowed, max(READ_CLOSELY, query.k))
        hits, best = understood.hits, understood.best_lead
        candidates = tuple(self._candidate(rank, hit, best) for rank, hit in enumerate(hits, start=1))
        asked, read = self._asked(understood, query.language, candidates), understood.read
        own = self._lexicon.weigh(asked.question).keys()
        turns = [self._lexicon.weigh(turn).keys() for turn in understood.turns]
        candidates = by_column(asked, own, candidates, self._thesaurus, turns)
        return Reading(asked, candidates, understood.degraded, read, self._known(read.terms), understood.slips)

    def whole(self, query: Query, allowed: Collection[VersionKey] | None = None) -> str:
        """A follow-up that only names another thing, with the question it goes on from; empty for any other."""
        query, _ = self._spelt(query)

        def tables(told: InContext) -> tuple[Alike, ...]:
            hits = self._found(told, query, allowed, READ_CLOSELY).hits
            return tables_of(self._snapshot.chunks[hit.row] for hit in hits)

        return whole(query, tables, Synonyms(self._lexicon, self._thesaurus))

    def matches(self, query: Query, allowed: Collection[VersionKey] | None = None) -> Matches | None:
        """What the reranker puts in order, read with what was said before if it can be; None where that is nothing."""
        if not self._snapshot.chunks:
            return None
        told = self._readings(self._spelt(query)[0])[-1]
        searched, _ = self._searched(told, self._read(told.text), self._terms(told), query.language)
        return found(self._snapshot, searched, self._mask(allowed), query.k)

    @cached_property
    def _scorer(self) -> Scorer:
        return shipped_scorer()

    @cached_property
    def _strength(self) -> Strength:
        return shipped_strength()

    @cached_property
    def _thesaurus(self) -> Thesaurus:
        return shipped_thesaurus()

    def _understood(self, query: Query, allowed: Collection[VersionKey] | None, k: int) -> _Understood:
        """What is found for the question, read in the way that finds the surer passage."""
        wanted = k if self._reader is None else max(k, self._reader.most)
        if query.whole is None:
            query = replace(query, whole=self.whole(query, allowed))
        query, slips = self._spelt(query)
        ways = [self._found(told, query, allowed, wanted) for told in self._readings(query)]
        best = max(ways, key=lambda way: way.best_lead + BY_ITSELF * (not way.told.earlier))
        return self._closely(replace(best, slips=slips, turns=gone_on(best.told.earlier, query.history)), k)

    def _spelt(self, query: Query) -> tuple[Query, tuple[Slip, ...]]:
        """The question and what was said before it without their typing errors, and those of the question."""
        lexical, turns = self._snapshot.lexical, (query.text, *query.history)
        spelt, *history = (self._proofreader.read(turn, lexical) for turn in turns)
        return replace(query, text=spelt.text, history=tuple(turn.text for turn in history)), spelt.slips

    def _closely(self, understood: _Understood, k: int) -> _Understood:
        """The first ``k`` as the cross-encoder orders them, where one is set."""
        hits = understood.hits
        if self._reader is None or len(hits) < 2:
            return replace(understood, hits=hits[:k])
        try:
            first, rest = hits[: self._reader.most], hits[self._reader.most :]
            texts = [self._snapshot.chunks[hit.row].indexed_text for hit in first]
            moved = reordered(first, self._reader.scores(understood.told.text, texts))
            return replace(understood, hits=(*moved, *rest)[:k])
        except Exception as error:  # whatever it is, the order there was is a good one (promise 9)
            log.warning("retrieval.reader.failed", error=type(error).__name__, model=self._reader.id)
            return replace(understood, hits=hits[:k], degraded=(*understood.degraded, READER))

    def _leads(self, question: str, quotes: Sequence[Quote]) -> tuple[Sequence[float], tuple[str, ...]]:
        """How the spans of ``quotes`` are read, one lead each; none where nobody reads, and what failed."""
        if self._span_reader is None:
            return (), ()
        try:
            return self._span_reader.leads(question, [quote.quotable for quote in quotes]).tolist(), ()
        except Exception as error:  # whatever it is, the order there was is a good one (promise 9)
            log.warning("retrieval.span_reader.failed", error=type(error).__name__)
            return (), (READER,)

    def _readings(self, query: Query) -> tuple[InContext, ...]:
        if query.whole:
            return (InContext(query.whole),)
        return readings(query.text, query.history, self._thesaurus, query.rewritten)

    def _found(self, told: InContext, query: Query, allowed: Collection[VersionKey] | None, k: int) -> _Understood:
        read, weighted = self._read(told.text), self._terms(told)
        if not self._snapshot.chunks:
            return _Understood(told, read, weighted, (), ())
        searched, degraded = self._searched(told, read, weighted, query.language)
        hits = search(self._snapshot, searched, self._mask(allowed), k, self._reranker)
        return _Understood(told, read, weighted, hits, degraded)

    def _read(self, text: str) -> Read:
        return Read(tuple(terms(text)), is_chinese(text), self._thesaurus.familiarity(text), bool(wanted(text)))

    def _searched(
        self, told: InContext, read: Read, weighted: Mapping[str, float], language: Language
    ) -> tuple[Searched, tuple[str, ...]]:
        vector, weights, degraded = vector_of(told.text, self._embedder, self._thesaurus, self._snapshot.id)
        searched = Searched(
            terms=weighted,
            concepts={str(c): weight for c, weight in self._thesaurus.weigh(told.text).items()},
            vector=vector,
            weights=weights,
            language=language,
            read=read,
        )
        return searched, degraded

    def _terms(self, told: InContext) -> dict[str, float]:
        """The weighted terms of the question; a follow-up takes those of the question it leans on with less weight."""
        weights = self._lexicon.weigh(told.question)
        for term, weight in self._lexicon.weigh(told.earlier).items():
            weights.setdefault(term, FOLLOW_UP_WEIGHT * weight)
        return weights

    def _asked(self, understood: _Understood, language: Language, candidates: Sequence[Candidate]) -> Asked:
        told = understood.told
        rarity = Rarity(lambda concept: self._snapshot.conceptual.idf(str(concept)), self._snapshot.lexical.idf)
        said = needs(told.text, self._thesaurus, rarity)
        asked = Asked(told.question, language, self._telling(understood.terms), said, wanted(told.text))
        if not told.earlier:
            return asked
        now = needs(told.question, self._thesaurus, rarity)
        return asked.without(left_behind(said, now, (view for each in candidates for view in each.views)))

    def _known(self, own: Sequence[str]) -> float:
        lexical = self._snapshot.lexical
        rarity = {term: lexical.idf(term) for term in own}
        return sum(weight for term, weight in rarity.items() if lexical.holds(term)) / (sum(rarity.values()) or 1.0)

    def _telling(self, terms: Mapping[str, float]) -> dict[str, float]:
        """The terms weighted by their rarity; single Chinese characters say too little to choose a quote by.

        An equal that no document has says nothing of what is missing, and is left out.
        """
        lexical = self._snapshot.lexical
        return {
            term: weight * lexical.idf(term)
            for term, weight in terms.items()
            if not is_character(term) and (weight == 1 or lexical.holds(term))
        }

    def _mask(self, allowed: Collection[VersionKey] | None) -> Mask | None:
        if allowed is None:
            return None
        mask = np.zeros(len(self._snapshot.chunks), dtype=np.bool_)
        for key in allowed:
            rows = self._snapshot.rows.get(key, range(0))
            mask[rows.start : rows.stop] = True
        return mask

    def _passage(self, rank: int, hit: Hit) -> Passage:
        return Passage(self._snapshot.chunks[hit.row], rank, hit.score, hit.cosine, hit.bm25)

    def _candidate(self, rank: int, hit: Hit, best_lead: float) -> Candidate:
        found = Found(
            rank=rank,
            score=hit.score,
            words=hit.words,
            concepts=hit.concepts,
            meaning=UNKNOWN if hit.meaning is None else hit.meaning,
            cosine=UNKNOWN if hit.cosine is None else hit.cosine,
            bm25=hit.bm25,
            lead=hit.lead,
            best_lead=best_lead,
        )
        return Candidate(self._passage(rank, hit), found, self._views(hit.row))

    def _made_ready(self, row: int) -> tuple[View, ...]:
        return views_of(Passage(self._snapshot.chunks[row], 1, 0.0, None, None), self._thesaurus)
