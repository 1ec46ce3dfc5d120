"""What a run's figures depend on: the processor, the instruction set and the versions."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.program import Program

PROGRAMS = (["chafa", "--version"], ["img2sixel", "--version"], ["git", "--version"])


def machine(program: Program) -> dict[str, str]:
    """Names and values, in the order in which they are shown."""
    models = processors(Path("/proc/cpuinfo"))
    packages = {name: version(name) for name in ("onnxruntime", "torch", "faiss-cpu")}
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": str(len(models) or "unknown"),
        "instructionSet": instruction_set(program),
        "system": f"{platform.system()} {platform.machine()}",
        "spae": program.version(),
        **packages,
        **{command[0]: shown for command in PROGRAMS if (shown := first_line(command))},
    }


def processor(program: Program) -> str:
    """The processor, its cores and the instruction set that the program uses, in a line."""
    models = processors(Path("/proc/cpuinfo"))
    name = models[0] if models else platform.processor() or "unknown"
    cores = f"{len(models) or 'an unknown number of'} core{'' if len(models) == 1 else 's'}"
    return f"{name}, {cores}, {instruction_set(program)}"


def instruction_set(program: Program) -> str:
    return program.figures("decode", 128, 1, 1)["instructionSet"]


def processors(path: Path) -> list[str]:
    """The name of every core's processor, in the order of Linux."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split(":")[1].strip() for line in lines if line.startswith("model name")]


def first_line(command: list[str]) -> str | None:
    """What a program says of its version; nothing where it is not installed."""
    try:
        said = subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return None
    return said.splitlines()[0] if said else None
