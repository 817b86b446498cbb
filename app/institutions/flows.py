"""An institution's own flows, from its folder into the data folder, where every process reads them."""

from __future__ import annotations

from pathlib import Path

from guardrails.rails.flows import FOLDER, FlowFile, flow_files, flows_of
from guardrails.rails.shipped import shipped_names


def read_flows(folder: Path) -> tuple[FlowFile, ...]:
    """The flow files of an institution's folder.

    Raises:
        FlowError: one is wrong, or something else lies beside them; names file and line.
    """
    files = flow_files(folder / FOLDER)
    flows_of(files, shipped_names())
    return files


def keep_flows(files: tuple[FlowFile, ...], rails_folder: Path) -> None:
    """Writes ``files`` into ``rails_folder``; nothing is made where there are none."""
    for file in files:
        rails_folder.mkdir(parents=True, exist_ok=True)
        (rails_folder / Path(file.name).name).write_text(file.text, "utf-8")
