"""Puts the chat into the app: the frame, its forms, and Chainlit behind the gate, all under /chat."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from app.chat.access import customer, same_origin_post
from app.chat.assets import PackedAssets
from app.chat.call_back import CallBackForm, CallBackReceipt, take_call_back
from app.chat.chainlit_home import BUILD, HERE, chainlit_app
from app.chat.chainlit_page import ChainlitFiles
from app.chat.frame import Frame
from app.chat.gate import ChatGate
from app.chat.handlers import register_handlers
from app.chat.pages import ChatPages
from app.chat.ports import SourceLibrary
from app.chat.sockets import guard_sockets
from app.chat.source_routes import source_routes
from app.chat.sources import SourcePages
from app.chat.tokens import CustomerToken
from app.chat.visit import ChatServices
from app.web.page_images import PageImages

Customer = Annotated[CustomerToken, Depends(customer)]


def mount_chat(app: FastAPI, services: ChatServices, library: SourceLibrary, images: PageImages) -> None:
    """Adds every route under /chat. The gate comes last: what is not a route of ours is Chainlit's, or nobody's."""
    register_handlers()
    guard_sockets()
    app.state.chat_tokens = services.tokens
    pages = ChatPages(services.texts)
    app.mount("/static/chat", StaticFiles(directory=HERE / "public"))
    app.include_router(_frame_routes(Frame(services, pages, ChainlitFiles.of_build(BUILD)), services))
    sources = SourcePages(library, images, pages, services.assistant.institution, services.today)
    app.include_router(source_routes(sources))
    app.mount("/chat", ChatGate(services, chainlit_app, PackedAssets(BUILD / "assets")))


def _frame_routes(frame: Frame, services: ChatServices) -> APIRouter:
    router = APIRouter(prefix="/chat/{institution}", include_in_schema=False)

    @router.get("/")
    def show_frame(request: Request, institution: str, language: str | None = None) -> HTMLResponse:
        return frame.serve(request, institution, language)

    @router.get("")
    def add_slash(institution: str) -> Response:
        return RedirectResponse(f"/chat/{institution}/")

    @router.post("/call-back", dependencies=[Depends(same_origin_post)])
    def call_back(customer: Customer, form: CallBackForm) -> CallBackReceipt:
        return take_call_back(services.assistant, customer, form)

    return router
