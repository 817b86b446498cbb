"""A language model so small that a test makes it: it knows by heart what it is taught, and nothing else.

Two layers of Qwen2, two million parameters, a tokenizer of its own: `vllm` loads and serves it like any other. It is
made again only where what it is taught, or this file, has changed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

from tests.vllm.lessons import Exchange

START, END = "<|im_start|>", "<|im_end|>"
TEMPLATE = (
    "{% for m in messages %}" + START + "{{ m.role }}\n{{ m.content }}" + END + "\n{% endfor %}"
    "{% if add_generation_prompt %}" + START + "assistant\n{% endif %}"
)
VOCABULARY, WIDTH, LAYERS, HEADS, POSITIONS = 4096, 256, 2, 4, 8192
SEED, RATE, MOMENTA = 7, 2e-3, (0.9, 0.95)
WARM_UP, HALVED_AFTER = 20, 360  # steps
KNOWN = 0.05  # loss of the worst token of all replies, in nats: they are known by heart, rounding and sampling included
MOST_ROUNDS = 150
STAMP = "taught.sha256"

Say = Callable[[str], None]
Pair = tuple[torch.Tensor, int]  # the tokens of messages and reply, and where the reply begins


def make_tiny_model(folder: Path, taught: Sequence[Exchange], say: Say = print) -> Path:
    """The model's folder, made where it is missing or was taught otherwise; about a minute on one core.

    Raises:
        RuntimeError: it does not learn its lines in 150 rounds.
    """
    stamp = _stamp(taught)
    if (folder / STAMP).is_file() and (folder / STAMP).read_text() == stamp:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    tokenizer = _tokenizer(taught)
    model = _model(tokenizer)
    size = sum(weight.numel() for weight in model.parameters()) / 1e6
    say(f"teaching a model of {size:.1f} M parameters {len(taught)} replies")
    _learn(model, [_pair(tokenizer, exchange) for exchange in taught], say)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    (folder / STAMP).write_text(stamp)
    return folder


def _stamp(taught: Sequence[Exchange]) -> str:
    lines = json.dumps([asdict(exchange) for exchange in taught], sort_keys=True)
    return hashlib.sha256(lines.encode() + Path(__file__).read_bytes()).hexdigest()


def _tokenizer(taught: Sequence[Exchange]) -> Qwen2Tokenizer:
    """Of Qwen2's own kind: a server parts texts by the family that the model's configuration names."""
    texts = [m["content"] for exchange in taught for m in exchange.messages] + [exchange.reply for exchange in taught]
    trained: Qwen2Tokenizer = Qwen2Tokenizer().train_new_from_iterator(
        texts, VOCABULARY, new_special_tokens=[START, END], show_progress=False
    )
    trained.eos_token, trained.chat_template = END, TEMPLATE
    return trained


def _model(tokenizer: Qwen2Tokenizer) -> Qwen2ForCausalLM:
    torch.manual_seed(SEED)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS // 2,
        intermediate_size=2 * WIDTH,
        max_position_embeddings=POSITIONS,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    return Qwen2ForCausalLM(config)


def _pair(tokenizer: Qwen2Tokenizer, exchange: Exchange) -> Pair:
    asked = tokenizer.apply_chat_template(list(exchange.messages), add_generation_prompt=True, tokenize=False)
    before = tokenizer(asked, add_special_tokens=False)["input_ids"]
    after = tokenizer(exchange.reply + END, add_special_tokens=False)["input_ids"]
    return torch.tensor([before + after]), len(before)


def _learn(model: Qwen2ForCausalLM, pairs: Sequence[Pair], say: Say) -> None:
    """Round after round over all pairs, until the worst is known by heart."""
    began = time.monotonic()
    steps = torch.optim.AdamW(model.parameters(), lr=RATE, betas=MOMENTA, weight_decay=0.0)
    warm = torch.optim.lr_scheduler.LambdaLR(steps, _pace)
    for number, worst in enumerate(_rounds(model, pairs, steps, warm), start=1):
        if number % 5 == 0 or worst < KNOWN:
            say(f"round {number}: worst token's loss {worst:.3f} after {time.monotonic() - began:.0f} s")
        if worst < KNOWN:
            return
        if number == MOST_ROUNDS:
            raise RuntimeError(f"the tiny model does not learn its lines: loss {worst:.3f} after {number} rounds")


def _pace(step: int) -> float:
    return min(1.0, (step + 1) / WARM_UP) * 0.5 ** (step / HALVED_AFTER)


def _rounds(
    model: Qwen2ForCausalLM,
    pairs: Sequence[Pair],
    steps: torch.optim.Optimizer,
    warm: torch.optim.lr_scheduler.LambdaLR,
) -> Iterator[float]:
    while True:
        worst = 0.0
        for tokens, begins in pairs:
            losses = _losses(model, tokens, begins)
            steps.zero_grad()
            losses.mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            steps.step()
            warm.step()
            worst = max(worst, losses.max().item())
        yield worst


def _losses(model: Qwen2ForCausalLM, tokens: torch.Tensor, begins: int) -> torch.Tensor:
    """Of each token of the reply alone: the prompt's own words need not be foretold, which halves the work."""
    hidden = model.model(tokens).last_hidden_state[0, begins - 1 : -1]
    return cross_entropy(model.lm_head(hidden), tokens[0, begins:], reduction="none")
