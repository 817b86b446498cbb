"""A message in a language that is not answered in: told from its letters, or from the little words of Latin ones.

Chinese, English, and what mixes either with anything else pass. A short message that says too little passes as well:
the documents then have no answer to it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

import re2

from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

FEWEST = 2  # foreign words or letters that say anything
MIXED = 4  # Chinese characters that make a message a Chinese one, whatever else stands in it
_WORD = re2.compile(r"\pL+(?:['’]\pL+)?")
_OWN = ("LATIN", "CJK")
# Words of every sentence, and of questions to a bank; none of them is an English one.
_WORDS = {
    "French": "le la les des du une est sont dans pour avec sur que qui quel quelle quels quelles comment combien puis "
    "je vous nous mon ma mes votre vos ouvrir compte frais taux banque ai peux puis-je où quand pourquoi merci bonjour",
    "Spanish": "el la los las una es son para con que qué cuál cuánto cuánta cuántos cuesta cómo dónde puedo quiero mi "
    "mis su usted cuenta tarjeta tasa interés banco por favor hola gracias abrir necesito del al y",
    "Portuguese": "o os as uma é são para com que qual quanto custa como onde posso quero minha meu conta cartão taxa "
    "banco por favor olá obrigado abrir preciso do da não você",
    "German": "der das ein eine ist sind wie viel hoch ich kann mein meine konto karte gebühr gebühren zinsen bank für "
    "mit und nicht wo wann bitte danke hallo welche eröffnen beträgt möchte zu",
    "Italian": "il lo gli una è sono per con che quale quanto costa come dove posso vorrei mio mia conto carta tasso "
    "banca grazie ciao aprire della del di non quali",
    "Tagalog": "ang ng mga sa po ko mo ay at para paano magkano saan kailan bakit pwede puwede ba ako aking inyong "
    "ninyo bayad pera salamat kumusta gusto hindi lang naman yung",
    "Indonesian": "yang dan di untuk dengan ini itu berapa bagaimana apa apakah saya bisa kartu kredit biaya rekening "
    "bunga suku tahunan mana kapan terima kasih tidak ada buka ingin boleh berapakah adalah",
    "Vietnamese": "là của và cho với bao nhiêu thế nào tôi có thể không thẻ tín dụng phí lãi suất ngân hàng tài khoản "
    "mở ở đâu khi cảm ơn xin muốn làm sao",
}
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "i",
        "my",
        "me",
        "you",
        "your",
        "we",
        "it",
        "this",
        "that",
        "of",
        "to",
        "in",
        "on",
        "for",
        "with",
        "from",
        "at",
        "by",
        "and",
        "or",
        "not",
        "no",
        "if",
        "how",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "much",
        "many",
        "fee",
        "fees",
        "card",
        "account",
        "bank",
        "rate",
        "please",
        "have",
        "has",
        "need",
        "want",
        "get",
        "there",
        "any",
        "be",
        "been",
        "as",
        "but",
        "about",
        "so",
    ]
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the whole message is in another language."""
    text = unicodedata.normalize("NFKC", context.text).lower()
    if not (_in_other_letters(text) or _in_other_words(text)):
        return ()
    return (Finding("H13", STAGE, Severity.S4, Action.REFUSE, Reason.LANGUAGE),)


def _in_other_letters(text: str) -> bool:
    """Most letters are of another script. Japanese shows by its hiragana: it writes Chinese characters, too."""
    letters = Counter(_script(character) for character in text if character.isalpha())
    hiragana, chinese = letters["HIRAGANA"], letters["CJK"]
    other = sum(letters.values()) - sum(letters[own] for own in _OWN)
    japanese = hiragana > FEWEST and 2 * hiragana > chinese
    return japanese or (chinese < MIXED and other >= FEWEST and 2 * other > sum(letters.values()))


def _in_other_words(text: str) -> bool:
    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    if any(_script(word[0]) == "CJK" for word in words):
        return False
    english = sum(word in _ENGLISH for word in words)
    foreign = max(sum(word in known for word in words) for known in _known())
    return foreign >= FEWEST and foreign > 2 * english and 4 * foreign >= len(words)


@cache
def _known() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words.split()) for words in _WORDS.values())


@cache
def _script(character: str) -> str:
    """The first word of the character's name: LATIN, CJK, HIRAGANA, THAI …"""
    return unicodedata.name(character, "?").split()[0]
