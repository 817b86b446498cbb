"""An institution's own flows: what one may write into ``rails/*.co``, read strictly and line by line.

NeMo's own reader passes over what it does not understand, and Colang can do far more than say no. So a file holds
nothing but flows of this form; where it does not, the fault is told by file and line:

    define subflow input no crypto
      $outcome = execute mentions(words="bitcoin | 比特幣", then="refuse")
      if $outcome.is_blocked
        bot decline
        stop

The name starts with the stage, ``input`` or ``output``. Steps may follow one another. What was read, not the file, is
handed to NeMo, as a flow beside the shipped ones. A flow can only say no: they all run, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from guardrails.detectors import Detector
from guardrails.errors import FlowError
from guardrails.expressions import Expression
from guardrails.normalise import normalise
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

FOLDER = "rails"  # of an institution's folder
SUFFIX = ".co"
SEPARATOR = "|"  # between the words of one step
MOST_BYTES = 100_000  # of one file
THEN = {action.value: action for action in (Action.REFUSE, Action.HAND_OFF, Action.HOLD)}
STAGES = (Stage.INPUT, Stage.OUTPUT)

_NAME = re.compile(r"define subflow (?P<name>[a-z][a-z0-9]*(?: [a-z0-9]+){0,7})")
_STEP = re.compile(r"  \$(?P<result>[a-z_]{1,32}) = execute (?P<action>[A-Za-z_]\w*)\((?P<arguments>.*)\)")
_ARGUMENTS = re.compile(r'words="(?P<words>[^"\\$\x00-\x1f]{1,4000})"(?:, then="(?P<then>[a-z_]+)")?')
_PARTING = r"\s\-\u2010-\u2015\u2212_·・"
_GAP = rf"[{_PARTING}]{{0,3}}"  # none at all, too: an invisible character between two words leaves nothing
_PIECE = re.compile(rf"[^{_PARTING}⺀-鿿]+|[⺀-鿿]")  # Chinese characters may be spaced one by one
_NO = ("  if ${result}.is_blocked", "    bot decline", "    stop")


@dataclass(frozen=True)
class Step:
    """One look at a text: where one of ``words`` occurs in it, ``then`` is done."""

    words: tuple[str, ...]
    then: Action


@dataclass(frozen=True)
class Flow:
    """A flow of an institution; ``name`` starts with the stage."""

    name: str
    stage: Stage
    steps: tuple[Step, ...]

    @property
    def detector(self) -> Detector:
        """What the flow looks for, as a detector among the others."""
        seen = [(_expression(step.words), step.then) for step in self.steps]

        def detect(context: RailContext) -> tuple[Finding, ...]:
            text = normalise(context.text).text
            done = (then for expression, then in seen if expression.occurs(text))
            return tuple(Finding(self.name, self.stage, Severity.S3, then, Reason.OUT_OF_SCOPE) for then in done)

        return Detector(self.name, self.stage, False, detect)


@dataclass(frozen=True)
class FlowFile:
    """A file of flows as it lies in the folder; ``name`` is for messages."""

    name: str
    text: str


def flow_files(folder: Path) -> tuple[FlowFile, ...]:
    """The flow files of an institution's ``rails`` folder, by name; none where there is no such folder.

    Raises:
        FlowError: something else lies there (Python would be run), or a file can't be read.
    """
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir())
    for path in paths:
        if path.suffix != SUFFIX or path.parent != folder or path.is_symlink():
            where = path.relative_to(folder)
            raise FlowError(f"{FOLDER}/{where}: only flow files ({SUFFIX}) may lie here, and no code; take it out")
    return tuple(FlowFile(f"{FOLDER}/{path.name}", _read(path)) for path in paths)


def flows_of(files: Iterable[FlowFile], taken: Iterable[str]) -> tuple[Flow, ...]:
    """The flows written in ``files``, in their order; ``taken`` are the names of shipped rails.

    Raises:
        FlowError: a line is none of those that a flow is made of, or a name is taken. Names file and line.
    """
    flows: dict[str, Flow] = {}
    for file in files:
        for number, flow in _flows(file):
            if flow.name in flows or flow.name in set(taken):
                raise _fault(file, number, f"there is a rail called {flow.name!r} already; choose another name")
            flows[flow.name] = flow
    return tuple(flows.values())


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FlowError(f"{FOLDER}/{path.name} is larger than {MOST_BYTES} bytes; shorten it")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FlowError(f"{FOLDER}/{path.name} can't be read ({type(error).__name__}); save it as UTF-8") from error


def _fault(file: FlowFile, number: int, fault: str) -> FlowError:
    return FlowError(f"{file.name} line {number}: {fault}")


def _flows(file: FlowFile) -> Iterator[tuple[int, Flow]]:
    """Each flow with the number of its first line."""
    lines = [(number, line.rstrip(" \r")) for number, line in enumerate(file.text.split("\n"), start=1)]
    written = [(number, line) for number, line in lines if line and not line.lstrip().startswith("#")]
    starts = [place for place, (_, line) in enumerate(written) if not line.startswith(" ")]
    if written and starts[:1] != [0]:
        raise _fault(file, written[0][0], "a step stands outside a flow; start with: define subflow input NAME")
    for start, end in zip(starts, [*starts[1:], len(written)], strict=True):
        number, heading = written[start]
        name = _NAME.fullmatch(heading)
        if name is None:
            raise _fault(file, number, f"{heading[:60]!r} is not allowed here; only: define subflow input|output NAME")
        stage, steps = _stage(file, number, name["name"]), _steps(file, number, written[start + 1 : end])
        yield number, Flow(name["name"], stage, steps)


def _stage(file: FlowFile, number: int, name: str) -> Stage:
    first, _, rest = name.partition(" ")
    if first not in STAGES or not rest:
        raise _fault(file, number, "a flow's name starts with its stage, input or output: define subflow input NAME")
    return Stage(first)


def _steps(file: FlowFile, number: int, lines: list[tuple[int, str]]) -> tuple[Step, ...]:
    if not lines:
        raise _fault(file, number, "the flow has no step; write one with execute mentions(...)")
    size = 1 + len(_NO)
    return tuple(_step(file, lines[place : place + size]) for place in range(0, len(lines), size))


def _step(file: FlowFile, lines: list[tuple[int, str]]) -> Step:
    number, line = lines[0]
    step = _STEP.fullmatch(line)
    if step is None:
        raise _fault(
            file, number, f'{line.strip()[:60]!r} is not allowed; only: $outcome = execute mentions(words="…")'
        )
    if step["action"] != "mentions":
        raise _fault(file, number, f"the action {step['action']!r} is not allowed; only mentions is")
    looked_for = _looked_for(file, number, step["arguments"])
    for expected, (place, found) in zip(_NO, [*lines[1:], *[(lines[-1][0], "")] * 3], strict=False):
        if found != expected.format(result=step["result"]):
            raise _fault(file, place, f"after the step comes {expected.strip().format(result=step['result'])!r}")
    return looked_for


def _looked_for(file: FlowFile, number: int, written: str) -> Step:
    arguments = _ARGUMENTS.fullmatch(written)
    if arguments is None:
        raise _fault(file, number, f'write mentions(words="one {SEPARATOR} another", then="refuse")')
    words = tuple(filter(None, (word.strip() for word in arguments["words"].split(SEPARATOR))))
    then = arguments["then"] or Action.REFUSE.value
    if not words or not all(_PIECE.search(normalise(word).text) for word in words):
        raise _fault(file, number, f'words must not be empty; write words="one {SEPARATOR} another"')
    if then not in THEN:
        raise _fault(file, number, f"then={then!r} is not allowed; then is one of {', '.join(THEN)}")
    return Step(words, THEN[then])


def _expression(words: Iterable[str]) -> Expression:
    """The words in whatever script and letters, however they are spaced or hyphened; Latin ones are whole words."""
    return Expression(_bounded(normalise(word).text) for word in words)


def _bounded(word: str) -> str:
    before, after = (r"\b" if end.isascii() and end.isalnum() else "" for end in (word[:1], word[-1:]))
    return f"{before}{_GAP.join(map(re.escape, _PIECE.findall(word)))}{after}"
