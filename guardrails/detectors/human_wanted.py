"""A wish for a person (P14): obeyed at once, in every language."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_PERSON = (
    r"(?:a |an |the |your |some ?|any ?|another )?(?:real |live |actual |human |physical )?(?:human(?: being)?|person|agent|operator|representative|rep|"
    r"customer service(?: (?:agent|rep|representative|officer|team|staff))?|customer support|adviser|advisor|staff(?: member)?|member of staff|someone|somebody|"
    r"manager|supervisor|people|officer)"
)
_WISH = Patterns(
    rf"(?<!do i need to )(?<!do i have to )\b(?:talk|speak|chat|connect me|transfer me|put me (?:through|on)|escalate(?: me| this)?|switch me|pass me|direct me|get me|hand me)(?: over)?"
    rf" (?:to|with|through to|on to) {_PERSON}\b(?! (?:else|who (?:stole|took)))",
    rf"\b(?:i )?(?:want|need|wanna|would like|prefer|get me|give me|i'd like)(?: to (?:have|see|get))? {_PERSON}(?: (?:please|now|to (?:help|call|talk|assist)).{{0,30}})?[.!?]*$",
    r"\b(?:real|live|actual) (?:human|person|agent)\b(?!.{0,12}\bname)",
    r"^[\s.,!?，。！？~]{0,3}(?:human|agent|operator|representative|real person|live agent|live chat|customer service)(?: please| now)?[\s.,!?~]{0,3}$",
    r"\b(?:no|not|stop|hate|don't want)(?: \w{1,8}){0,4} (?:bot|robot|chatbot|machine)s?\b",
    r"\b(?:ask|have|let|get) (?:someone|somebody|an? (?:agent|adviser|advisor|human|person)|your staff|the manager|a manager) (?:to )?(?:call|phone|contact|ring) me\b|\bcall me back\b",
    "(?:搵|找|轉|要|想要|叫|接|同|跟|和|與|換|俾|畀|比|聯絡|聯繫|見).{0,4}(?:真人|客服|職員|同事|專員|服務員|主任|經理|人工(?!智能|智慧|透析|受孕|授精|關節))",
    "真人(?:客服|服務|職員|對話|傾|聊|同我)",
    "(?:轉|接)(?:駁|接)?(?:去|到|至)?人工(?!智)",
    r"^[\s.,!?，。！？~]{0,3}(?:真人|人工|人工服務|人工客服|真人客服|客服|轉人工)[\s,，]{0,3}(?:唔該|請|謝謝)?[\s.!?。！？~]{0,3}$",
    "(?:唔要|不要|唔想|不想|討厭|唔使).{0,6}(?:機械人|機器人|ai|電腦)",
    "(?:有冇|有沒有|有無).{0,3}(?:真人|人(?=可以|幫|同我|呀|啊|傾|$)|客服)",
    "(?:搵|找|叫|派)(?:個)?人(?:同我|跟我|幫我|嚟|來|傾|聽)|(?:想|要)同人(?:傾|講|對話)|和人(?:聊|說話|對話)|打(?:電話)?(?:返)?(?:畀|俾|給)我",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the customer asks for a person."""
    span = _WISH.first(normalise(context.text))
    return (Finding("P14", STAGE, Severity.S4, Action.HAND_OFF, Reason.HUMAN_WANTED, span),) if span else ()
