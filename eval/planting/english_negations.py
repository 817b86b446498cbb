"""English errors of negation: a not put in, a not left out, a word turned into its opposite."""

from __future__ import annotations

import re

from eval.planting.english_logic import affirmed, main_clause
from eval.planting.operators import Condition, Operator, Replacement, Site, always, chooser, rule

_KEPT = (
    r"(?! (?:more|less|later|earlier|only|exceed|exceeding|necessarily|yet|limited|than|"
    r"least|applicable|to mention|later than|always|all|every|normally))"
)
_VERBS = {
    "apply": "applies",
    "pay": "pays",
    "give": "gives",
    "cover": "covers",
    "affect": "affects",
    "have": "has",
    "mean": "means",
    "accept": "accepts",
    "guarantee": "guarantees",
    "include": "includes",
    "decide": "decides",
    "receive": "receives",
    "know": "knows",
    "earn": "earns",
    "bear": "bears",
    "suspend": "suspends",
    "take": "takes",
    "refund": "refunds",
    "offer": "offers",
    "supply": "supplies",
    "provide": "provides",
    "protect": "protects",
    "ask": "asks",
    "reduce": "reduces",
    "cease": "ceases",
    "require": "requires",
    "hold": "holds",
    "follow": "follows",
    "release": "releases",
    "replace": "replaces",
    "carry": "carries",
}
_PLAIN = {
    "be",
    "charge",
    "change",
    "order",
    "deal",
    "need",
    "use",
    "count",
    "fall",
    "send",
    "sell",
    "buy",
    "disclose",
    "allow",
    "exceed",
}
_ACTION = (
    r"(?:ask|cancel|choose|withdraw|refuse|close|charge|debit|decline|use|apply|complain|"
    r"change|refer|transfer|switch|pay|claim|"
    r"suspend|write|restrict|return|visit|terminate|appeal|approach|disclose|report|give|"
    r"make|request|opt|send|obtain|access|rely)"
)

# 'May not' forbids only where someone acts; of a thing ('the class may change') it could mean 'perhaps not'.
_AGENT = (
    r"\b(?P<who>[Yy]ou|[Ww]e|[Bb]ank|customers?|holder|member|employer|[Ii]nstitutions?|AIs?|party|"
    r"policy holder|manager|CRA)"
)


def _does_not(match: re.Match[str], site: Site) -> str | None:
    """Say that something is done that is not: 'does not apply' becomes 'applies'."""
    return _VERBS.get(match["verb"])


def _do_not(match: re.Match[str], site: Site) -> str | None:
    return match["verb"] if match["verb"] in {*_VERBS, *_PLAIN} else None


def _inserted_does_not(match: re.Match[str], site: Site) -> str | None:
    """Say that something is not done that is: 'applies' becomes 'does not apply'."""
    for plain, third in _VERBS.items():
        if third == match["verb"]:
            return f"does not {plain}"
    return None


def _no_to_some(match: re.Match[str], site: Site) -> str:
    """Take 'No' away from a subject: 'No interest is paid' becomes 'Interest is paid'."""
    noun = match["noun"]
    uncounted = noun.endswith("s") or noun in ("interest", "compensation", "cover", "money", "advice", "redemption")
    new = noun if uncounted else f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    return new[0].upper() + new[1:] if match.group()[0] == "N" else new


def _a_for_no(match: re.Match[str], site: Site) -> str:
    return f"{match['verb']} {'an' if match['noun'][0] in 'aeiou' else 'a'} {match['noun']}"


def _bare(match: re.Match[str], site: Site) -> bool:
    """Negate an 'is' or 'are' of the main clause that a plain statement follows."""
    after = site.sentence[match.end() :]
    return affirmed(match, site) and not re.match(
        r" (?:to|set out|as follows|if|also|likely|where|either|any|some|both)\b", after
    )


def _whole(match: re.Match[str], site: Site) -> bool:
    """Leave a negation alone where another would still hold the sentence up."""
    others = len(
        re.findall(r"\b(?:not|no|never|cannot|nor|neither|without|unless|n't)\b", site.sentence, re.IGNORECASE)
    )
    return others <= 1 or main_clause(match, site)


def _negation(name: str, pattern: str, new: Replacement, when: Condition = always, flags: int = 0) -> Operator:
    return rule(name, "negation", "en", pattern, new, when, flags)


_OPPOSITES = {
    "eligible": ("ineligible",),
    "ineligible": ("eligible",),
    "includes": ("excludes", "does not include"),
    "include": ("exclude", "do not include"),
    "including": ("excluding",),
    "included": ("excluded", "not included"),
    "covered": ("not covered",),
    "protected": ("not protected",),
    "guaranteed": ("not guaranteed",),
    "payable": ("not payable",),
    "refundable": ("non-refundable",),
    "valid": ("invalid",),
    "liable": ("not liable",),
    "free of charge": ("subject to a charge",),
    "free": ("not free",),
    "available": ("unavailable", "not available"),
    "possible": ("impossible", "not possible"),
    "accepted": ("rejected", "not accepted"),
    "permitted": ("prohibited",),
    "allowed": ("not allowed",),
    "prohibited": ("permitted",),
    "unable": ("able",),
    "unauthorised": ("authorised",),
    "agrees": ("does not agree",),
    "required": ("not required",),
    "entitled": ("not entitled",),
    "compulsory": ("optional",),
    "mandatory": ("optional",),
    "inside": ("outside",),
    "outside": ("inside",),
    "refuse": ("accept",),
    "disclose": ("withhold",),
    "waived": ("charged",),
    "charged": ("waived", "not charged"),
    "responsible": ("not responsible",),
    "binding": ("not binding",),
    "necessary": ("unnecessary",),
    "appropriate": ("inappropriate",),
    "excluded": ("covered",),
    "nil": ("payable",),
    "reversible": ("irreversible",),
    "always": ("never",),
    "effective": ("ineffective",),
    "different": ("identical",),
    "subject to": ("not subject to",),
}


def english_negations() -> list[Operator]:
    """Give the operators on negation."""
    opposite = chooser(_OPPOSITES)
    adjectives = (
        "eligible|covered|protected|guaranteed|payable|refundable|valid|liable|available|"
        "possible|accepted|permitted|allowed|required|entitled|responsible|binding|necessary|"
        "appropriate|charged|waived|excluded|included|effective|compulsory|mandatory"
    )
    return [
        _negation("is-not", rf"\b(?P<v>is|are|was|were|will|should) (?:also )?not\b{_KEPT}", r"\g<v>", _whole),
        _negation("must-not", rf"\b(?P<v>must|may|can|shall) not\b{_KEPT}", r"\g<v>", _whole),
        _negation("cannot", r"\bcannot(?! (?:exceed|but))\b", "can", _whole),
        _negation("may-not-must", r"\bmust not\b", "may", _whole),
        _negation("need-not", r"\bneed not\b", "must", _whole),
        _negation("does-not", r"\bdoes not (?P<verb>[a-z]+)\b", _does_not, _whole),
        _negation("do-not", r"(?<=[a-z] )do not (?P<verb>[a-z]+)\b", _do_not, _whole),
        _negation("did-not", r"\b(?P<v>has|have|had|need) not(?= [a-z])(?! yet)", r"\g<v>", _whole),
        _negation(
            "do-not-order",
            r"^(?P<p>Please )?[Dd]o not (?P<verb>[a-z])",
            lambda m, s: f"{m['p'] or ''}{m['verb']}",
            _whole,
        ),
        _negation(
            "no-subject",
            r"(?:^|(?<=, )|(?<=; ))[Nn]o (?P<noun>[a-z]+)(?= (?:is|are|will|may|can|must|has|"
            r"of|on|for|in)\b)(?!\s*later|\s*more)",
            _no_to_some,
            _whole,
        ),
        _negation(
            "there-is-no",
            r"\b(?P<verb>is|was) no (?P<noun>charge|fee|limit|cooling|guarantee|minimum|need|"
            r"penalty|right|obligation|deductible|requirement|duty)\b",
            _a_for_no,
            _whole,
        ),
        _negation(
            "bears-no",
            r"\b(?P<verb>bears?|have|has|pays?|gives?|makes?) no (?=(?!later|longer|more|less|earlier)[a-z]+)",
            r"\g<verb> ",
            _whole,
        ),
        _negation("no-longer", r"\bno longer\b", "still", _whole),
        _negation("never-always", r"\b[Nn]ever\b", chooser({"never": ("always",)}), _whole),
        _negation("insert-is", r"\b(?P<v>is|are)\b(?=(?: [a-z]+){2})(?! not)", r"\g<v> not", _bare),
        _negation(
            "insert-was",
            r"\b(?P<v>was|were|has been|have been)\b(?! not)",
            lambda m, s: m["v"].replace(" ", " not ") if " " in m["v"] else m["v"] + " not",
            _bare,
        ),
        _negation(
            "insert-will",
            r"\b(?P<v>will|can|shall)\b(?! not)(?= [a-z]+)",
            lambda m, s: "cannot" if m["v"] == "can" else f"{m['v']} not",
            affirmed,
        ),
        _negation("must-must-not", r"\bmust\b(?! not)(?= [a-z]+)", "must not", affirmed),
        _negation("should-not", r"\bshould\b(?! not)(?= [a-z]+)", "should not", affirmed),
        _negation("may-cannot", r"\bmay\b(?! not| need)(?= [a-z]+)", "cannot", affirmed),
        _negation("may-not", rf"{_AGENT} may(?= {_ACTION}\b)", r"\g<who> may not", affirmed),
        _negation(
            "insert-does-not", r"\b(?P<verb>[a-z]{3,}s)\b(?= (?!of\b|and\b)[a-z]+)", _inserted_does_not, affirmed
        ),
        _negation(
            "opposite", rf"(?<=(?:..is |.are |y be |t be |l be )){'(?:' + adjectives + ')'}\b", opposite, affirmed
        ),
        _negation("not-opposite", rf"\bnot (?=(?:{adjectives})\b)(?! necessary)", "", _whole),
        _negation("includes", r"\b(?:includes|include|including)\b(?=:? [a-z])", opposite, affirmed),
        _negation("prefix", r"\b(?:ineligible|unable|prohibited|unauthorised|(?<!be )outside)\b", opposite, affirmed),
        _negation("free", r"\bfree of charge\b|(?<=is )free\b(?! of)", opposite, affirmed),
        _negation("without-any", r"\bnone of\b", "all of", always, re.IGNORECASE),
        _negation("refuse", r"(?<=may |can )refuse(?= )", opposite, affirmed),
        _negation("subject", r"(?<=is |re )subject to\b", opposite, affirmed),
    ]
