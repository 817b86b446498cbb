"""Which messages are in a language that is not answered in."""

from __future__ import annotations

import pytest

from guardrails.detectors import language
from guardrails.types import Action, Reason
from tests.guardrails.builders import asked

FOREIGN = [
    "Comment puis-je ouvrir un compte chez vous ?",
    "Bonjour, quel est le taux de la carte ?",
    "¿Dónde puedo ver el saldo de mi cuenta?",
    "¿Cuál es la tasa de interés del préstamo?",
    "Quanto custa o cartão de crédito por ano?",
    "Wie hoch sind die Gebühren für das Konto?",
    "Wo kann ich mein Konto eröffnen?",
    "Qual è il tasso della carta di credito?",
    "Paano po mag-open ng account sa bangko ninyo?",
    "Magkano ang bayad sa padala ng pera?",
    "Bagaimana cara membuka rekening di bank ini?",
    "Apakah saya bisa transfer ke Indonesia?",
    "Phí thường niên của thẻ tín dụng là bao nhiêu?",
    "口座を開設するにはどうすればいいですか",
    "カードローン",
    "年会費はいくらですか？教えてください",
    "จะเปิดบัญชีได้อย่างไร",
    "계좌를 개설하려면 어떻게 해야 하나요?",
    "Как открыть счёт в вашем банке?",
    "كيف أفتح حسابا؟",
    "मैं खाता कैसे खोलूँ?",
    "میں اکاؤنٹ کیسے کھولوں؟",
    "म खाता कसरी खोल्न सक्छु?",
]
ANSWERED = [
    "pls open acct 4 my helper from Indonesia, how?",
    "Can my helper Maria de la Cruz send pera padala home?",
    "What is the fee at Bank Negara Indonesia or BDO?",
    "我個工人想匯款去菲律賓，Magkano ang bayad?",
    "ありがとう！我想問信用卡年費係幾多",
    "點解喺 Россия 用唔到張卡？",
    "Is the Crème de la Crème card still offered?",
    "El Dorado card fee",
    "La Prairie voucher",
    "VISA MC AE UnionPay JCB",
    "fee?",
    "👍",
    "12,000",
    "",
    "？？",
    "hkd to php rate today pls",
    "der gold card annual fee, what is it",
    "HSI QDII ETF DPS MPF eMPF",
    "喺邊度開戶の？",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_message_in_another_language_is_told_so(text: str) -> None:
    (finding,) = language.detect(asked(text))
    assert (finding.action, finding.reason) == (Action.REFUSE, Reason.LANGUAGE)


@pytest.mark.parametrize("text", ANSWERED)
def test_english_chinese_and_what_mixes_them_with_others_passes(text: str) -> None:
    assert language.detect(asked(text)) == ()
