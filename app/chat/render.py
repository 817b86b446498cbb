"""An answer as the Markdown of one chat message: lead, quotes with their sources, notices, disclosures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote as percent_encode
from urllib.parse import urlencode

from app.answering.composers.candidates import lines_of
from app.answering.pieces import Piece
from app.answering.types import Answer, AnswerStatus, Part, Sentence, in_reading_order
from app.assistant.ports import Role, TranscriptMessage
from app.chat.markdown import escape, link, paragraph, quote, table
from app.web.texts import Speaker
from guardrails.disclosure import day_in_words
from guardrails.types import Disclosure, Reason
from knowledge_bases.schema import Citation, UnitKind

AI_MARK = "`AI`"  # styled as a badge; a word, so that a screen reader says it
WIDEST = 3  # columns that stand side by side in the chat; it is as narrow as a phone
CELL = " | "  # how a parsed table row separates its cells (knowledge_bases.parsed.Table)
CALL_BACK = "#call-back"  # the frame's script opens the form for a link to it
RELOAD = "#reload"


def render_said(message: TranscriptMessage, t: Speaker) -> str:
    """A message that is no answer: a person's carries a badge as the assistant's do, a notice speaks for itself."""
    words = paragraph(message.text)
    return f"`{t('staff')}` {words}" if message.role is Role.STAFF else words


def render_answer(answer: Answer, institution: str, t: Speaker) -> str:
    """The whole message. Nothing of ``answer`` is left out or reworded, and every word of it is escaped.

    Only the choices of one that asks back are not in it: they are the buttons under it.
    """
    sentences = () if choices_of(answer) else answer.sentences
    said = in_reading_order(sentences, answer.disclosures, answer.places)
    blocks = [_lead(answer.lead), *_blocks(said, institution, t)]
    blocks += [paragraph(notice) for notice in answer.notices]
    blocks += [paragraph(disclosure.text) for disclosure in answer.disclosures[len(answer.places) :]]
    if answer.status is AnswerStatus.HANDED_OFF or _is_told_to_call(answer):
        blocks.append(link(t("call_back_link"), CALL_BACK))
    return "\n\n".join(blocks)


def _is_told_to_call(answer: Answer) -> bool:
    """Whether a person did not release an answer, or takes long to."""
    waits = answer.reason is Reason.AWAITING_RELEASE and answer.releases is not None
    return waits or answer.reason is Reason.NOT_RELEASED


def render_piece(piece: Piece, institution: str, t: Speaker) -> str:
    """The next words of an answer, as ``render_answer`` will have them in the whole message."""
    lead = [_lead(piece.lead)] if piece.number == 1 else []
    return "\n\n".join([*lead, *_blocks((*piece.sentences, *piece.disclosures), institution, t)])


def _lead(words: str) -> str:
    return f"{AI_MARK} {paragraph(words)}".rstrip()


def _blocks(said: Iterable[Sentence | Disclosure], institution: str, t: Speaker) -> Iterator[str]:
    for each in said:
        if isinstance(each, Sentence):
            yield quote(_quoted(each)) if each.quoted else paragraph(each.text)
            yield _source_line(each, institution, t)
        else:
            yield paragraph(each.text)


def choices_of(answer: Answer) -> tuple[Sentence, ...]:
    """What an answer that asks back gives to choose from, as buttons; none of any other."""
    return answer.sentences if answer.status is AnswerStatus.CLARIFYING else ()


def source_url(institution: str, parts: tuple[Part, ...]) -> str:
    """The citation page of ``parts``, which lie in one version: the page of the first, all of them highlighted."""
    first = parts[0].citation
    spans = [("start", part.citation.span.start) for part in parts]
    ends = [("end", part.citation.span.end) for part in parts]
    query = urlencode([*spans, *ends, ("parse", first.parse_sha256)])
    return f"{document_url(institution, first.key.document, first.key.version)}?{query}#quote"


def document_url(institution: str, document: str, version: str) -> str:
    """The page that shows one version."""
    parts = (percent_encode(part, safe="") for part in (institution, document, version))
    return "/chat/{}/source/{}/{}".format(*parts)


def _quoted(sentence: Sentence) -> str:
    rows = _words(sentence, UnitKind.ROW)
    if not rows:
        return paragraph(sentence.text)
    headers = _words(sentence, UnitKind.HEADER)
    around = [paragraph(words) for words in _words(sentence, UnitKind.CAPTION)]
    around.append(_grid(headers, rows))
    around += [paragraph(words) for words in _words(sentence, UnitKind.FOOTNOTE)]
    return "\n\n".join(around)


def _grid(headers: list[str], rows: list[str]) -> str:
    """A table where every line has the same cells, else the lines as they are. A wide one is turned on its side."""
    lines = [_cells(line) for line in (*headers, *rows)]
    if not headers or len({len(line) for line in lines}) != 1:
        return paragraph("\n".join((*headers, *rows)))
    if len(lines[0]) > WIDEST >= len(lines):
        lines = [list(column) for column in zip(*lines, strict=True)]
    return table(lines[0], lines[1:])


def _cells(line: str) -> list[str]:
    """Its cells; the first is empty where a line of a few cells begins with a bar."""
    return f" {line}".split(CELL) if line.startswith(CELL.lstrip()) else line.split(CELL)


def _words(sentence: Sentence, kind: UnitKind) -> list[str]:
    return [words for of, words in lines_of(sentence.parts) if of is kind]


def _source_line(sentence: Sentence, institution: str, t: Speaker) -> str:
    """``Title, page N (as at DATE)``, once for every version the sentence rests on."""
    keys = dict.fromkeys(part.citation.key for part in sentence.parts)
    links = []
    for key in keys:
        parts = _main_first(tuple(part for part in sentence.parts if part.citation.key == key))
        links.append(link(_source_label(sentence, parts[0].citation, t), source_url(institution, parts)))
    colon, comma = (": ", "; ") if t.language == "en" else ("：", "；")
    return escape(t("source")) + colon + comma.join(links)


def _main_first(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    main = {UnitKind.SENTENCE, UnitKind.ROW}
    return tuple(sorted(parts, key=lambda part: part.kind not in main))


def _source_label(sentence: Sentence, citation: Citation, t: Speaker) -> str:
    label = sentence.title
    if citation.page is not None:
        label += (", " if t.language == "en" else "，") + t("page", page=str(citation.page))
    if sentence.as_at is not None:
        as_at = t("as_at", date=day_in_words(sentence.as_at, t.language))
        label += f" ({as_at})" if t.language == "en" else f"（{as_at}）"
    return label
