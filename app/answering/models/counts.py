"""What /metrics tells of served models. Labels are ids, addresses and constant words."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

READ, ABANDONED = "read", "abandoned"  # outcomes beside those of ``Why``: to the end; the reader went away

_requests = Counter(
    "candour_model_requests", "Questions to a model, by what became of them.", ["institution", "task", "outcome"]
)
_first_piece = Histogram(
    "candour_model_first_piece_seconds",
    "From a question to the first piece of its reply.",
    ["institution"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 5.0),
)
_tokens = Counter("candour_model_tokens", "As the server counts them; cached ones are among the prompt's.", ["kind"])
_under_way = Gauge("candour_model_under_way", "Questions under way.", ["address"])
_up = Gauge("candour_model_up", "1: the last probe of one token was answered; 0: it was not.", ["address"])
_circuit = Gauge("candour_model_circuit", "1 for the state that the address's circuit is in.", ["address", "circuit"])


def count(institution_id: str, task: str, outcome: str) -> None:
    """One more question of ``institution_id`` has ended."""
    _requests.labels(institution_id, task, outcome).inc()


def count_tokens(prompt: int, cached: int, completion: int) -> None:
    """What one reply cost, by its server's word."""
    for kind, number in (("prompt", prompt), ("cached", cached), ("completion", completion)):
        _tokens.labels(kind).inc(max(0, number))


def time_first_piece(institution_id: str, seconds: float) -> None:
    _first_piece.labels(institution_id).observe(seconds)


def show_address(address: str, under_way: int, up: bool, circuits: dict[str, bool]) -> None:
    """How an address is now; ``circuits`` says for each state whether it is the one."""
    _under_way.labels(address).set(under_way)
    _up.labels(address).set(up)
    for circuit, so in circuits.items():
        _circuit.labels(address, circuit).set(so)
