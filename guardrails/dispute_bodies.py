"""Who decides a dispute that an institution did not settle, by its sector: the FDRC does not deal with insurers.

An institution's own slot ``dispute_body`` stands before these.
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge_bases.schema import Language, Sector, Wording

_FDRC = Wording(
    en="the Financial Dispute Resolution Centre (FDRC)", zh_hant="金融糾紛調解中心", zh_hans="金融纠纷调解中心"
)
_BODIES = {
    Sector.BANKING: _FDRC,
    Sector.SECURITIES: _FDRC,
    Sector.ASSET_WEALTH: _FDRC,
    Sector.SVF: _FDRC,
    Sector.INSURANCE: Wording(en="the Insurance Complaints Bureau", zh_hant="保險投訴局", zh_hans="保险投诉局"),
    # A trustee is no member of the FDRC; who sold the scheme may be.
    Sector.MPF: Wording(
        en="the Financial Dispute Resolution Centre (FDRC), where a bank or securities firm sold you the scheme,",
        zh_hant="金融糾紛調解中心（如涉及銀行或證券商的銷售手法）",
        zh_hans="金融纠纷调解中心（如涉及银行或证券商的销售手法）",
    ),
}
_OR = Wording(en=" or ", zh_hant="或", zh_hans="或")


def dispute_body(sectors: Iterable[Sector], language: Language) -> str:
    """The bodies of ``sectors`` in their order, each once."""
    bodies = dict.fromkeys(_BODIES[sector].in_language(language) for sector in sectors)
    return _OR.in_language(language).join(bodies)
