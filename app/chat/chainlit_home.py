"""Chainlit, imported once, in a home of its own, with the features a bank's customer must not have switched off.

Chainlit reads its configuration, translations and public files from the working directory while it is imported, and
writes defaults there. It is therefore imported with a temporary directory as the working directory; everything that
needs Chainlit imports it from here.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.chat.translations import write_translations
from knowledge_bases.schema import Language

HERE = Path(__file__).parent
_home = TemporaryDirectory(prefix="candour-chat-")  # removed when the process ends


def _furnish(home: Path) -> None:
    shutil.copytree(HERE / "public", home / "public")
    for name in ("chainlit", *(f"chainlit_{language.value}" for language in Language)):
        (home / f"{name}.md").write_text("", encoding="utf-8")  # no "Readme" in the header, and no warning of one


_furnish(Path(_home.name))
with contextlib.chdir(_home.name):
    import chainlit
    from chainlit.config import SpontaneousFileUploadFeature, config

    # read when chainlit.server is imported, so set before: no other origin may call the chat
    config.project.allow_origins = []
    config.project.session_timeout = 300
    config.features.spontaneous_file_upload = SpontaneousFileUploadFeature(enabled=False)
    config.features.edit_message = False
    config.features.user_message_markdown = False
    config.features.unsafe_allow_html = False
    config.features.latex = False
    config.features.user_message_autoscroll = True  # the question moves to the top, its answer is read from there
    config.features.assistant_message_autoscroll = False
    config.ui.name = "AI"
    config.ui.default_theme = "light"
    config.ui.cot = "hidden"
    config.ui.default_sidebar_state = "hidden"
    from chainlit.chat_context import chat_context
    from chainlit.server import app as chainlit_app
    from chainlit.server import build_dir, sio
    from chainlit.session import WebsocketSession, ws_sessions_id
    from chainlit.user_session import user_sessions

cl: Any = chainlit  # most of it is untyped
BUILD = Path(build_dir)
write_translations(Path(_home.name) / ".chainlit" / "translations")

__all__ = [
    "BUILD",
    "WebsocketSession",
    "chainlit_app",
    "chat_context",
    "cl",
    "config",
    "is_connected",
    "sio",
    "user_sessions",
    "ws_sessions_id",
]


def is_connected(session: WebsocketSession) -> bool:
    """Whether the page behind ``session`` is there: a socket that broke takes what is sent to it, and loses it."""
    return bool(sio.manager.is_connected(session.socket_id, "/"))
