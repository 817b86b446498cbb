"""The first message of every chat: that it is an AI, what it can and cannot do, a human, the privacy notice."""

from __future__ import annotations

from app.chat.markdown import link, paragraph
from app.chat.render import AI_MARK
from app.chat.visit import Visit


def greeting_message(visit: Visit) -> str:
    """Markdown. The rulebook's statement comes first and unchanged."""
    institution, language, t = visit.institution, visit.token.language, visit.speaker
    contact = institution.contact
    name = institution.names.in_language(language)
    blocks = [
        f"{AI_MARK} {paragraph(visit.services.greeting(institution, language))}",
        paragraph(t("scope", name=name)),
        paragraph(t("reach_human", phone=contact.phone, hours=contact.hours.in_language(language))),
    ]
    if institution.privacy_document is not None:
        url = f"/chat/{institution.id}/privacy"
        blocks.append(link(t("privacy"), url))
    return "\n\n".join(blocks)
