"""Who turns pictures into words: the program `spae` through a pipe, or the model in PyTorch."""

import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from spae.data import DataError
from spae.data.pictures import Picture

MOST_LINE = 128 << 20  # bytes of an answer; those of a film of some 100,000 frames


@dataclass(frozen=True)
class Answer:
    """A picture's words, a list for each layer, row after row, or a clip's film; or why not."""

    key: str
    layers: list[list[str]] | None = None
    width: int | None = None
    height: int | None = None
    error: str | None = None
    film: str | None = None  # a clip's, as the text of its file; with an error, what is whole of it
    is_clip: bool = False

    def beside(self, other: "Answer") -> "Answer | None":
        """This and another as one: a picture and the film of a clip of the same key."""
        if self.key != other.key or self.error or other.error or self.is_clip == other.is_clip:
            return None
        picture, clip = (other, self) if self.is_clip else (self, other)
        return replace(picture, film=clip.film) if picture.film is None else None


class Engine(Protocol):
    """Answers every picture, in order, with memory for a few of them."""

    def answers(self, pictures: Iterable[Picture]) -> Iterator[Answer]: ...


@dataclass(frozen=True)
class EngineChoice:
    """Which engine a worker starts, as it can be sent to another machine."""

    name: str  # "native" or "torch"
    program: str
    model: str | None
    threads: int = 1

    def start(self) -> Engine:
        if self.name == "native":
            return NativeEngine(native_command(self.program, self.model, self.threads))
        from spae.data.torch_engine import TorchEngine

        return TorchEngine(torch_folder(self.model), self.threads)

    def identity(self) -> str:
        """The hash of the model that will be used; the first thing that fails where it is not."""
        if self.name == "native":
            return native_identity(self.program, self.model)
        from spae.evaluate.published import identity

        return identity(torch_folder(self.model))


def torch_folder(model: str | None) -> Path:
    if model is None:
        raise DataError("--engine torch needs the model's folder: --model FOLDER")
    if not (Path(model) / "config.json").exists():
        raise DataError(f"{model}: not a model's folder; it holds no config.json")
    return Path(model)


# The program


def native_command(program: str, model: str | None, threads: int) -> list[str]:
    named = ["--model", model] if model else []
    form = ["--format", "text"]  # of films
    return [program, "encode", "--stream", *form, "--threads", str(threads), *named]


def native_identity(program: str, model: str | None) -> str:
    return native_facts(program, model)["hash"]


def native_model(program: str) -> str:
    """The folder of the program's own model."""
    return native_facts(program, None)["folder"]


def native_facts(program: str, model: str | None) -> dict:
    """What the program says about the model it would use."""
    command = [program, "info", "--json", *(["--model", model] if model else [])]
    try:
        found = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise DataError(
            f"{program}: cannot be run ({error.strerror}); build it with make build, and name it "
            "with --program PATH"
        ) from None
    if found.returncode:
        raise DataError(found.stderr.strip() or f"{program}: ended with {found.returncode}")
    return json.loads(found.stdout)


class NativeEngine:
    """`spae encode --stream`, fed from a thread; pictures that end it are found and named."""

    AHEAD = 16  # pictures on their way

    def __init__(self, command: list[str]):
        self.command = command
        self.process: subprocess.Popen | None = None
        self.said = None

    def answers(self, pictures: Iterable[Picture]) -> Iterator[Answer]:
        source = iter(pictures)
        try:
            while unanswered := (yield from self._streamed(source)):
                self._ended()
                for picture in unanswered:
                    yield self._alone(picture)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _streamed(self, source: Iterator[Picture]) -> Iterator[Answer]:
        """Answers what it can; returns what it had taken when the program ended."""
        process = self._running()
        sent: queue.Queue = queue.Queue(self.AHEAD)
        feeder = threading.Thread(target=feed, args=(source, process.stdin, sent), daemon=True)
        feeder.start()
        while (picture := sent.get()) is not None:
            if isinstance(picture, BaseException):
                raise picture
            if picture.problem is not None:
                yield unread(picture)
            elif line := whole_line(process.stdout):
                yield answer(line, picture)
            else:
                return [picture, *drained(sent)]
        return []

    def _alone(self, picture: Picture) -> Answer:
        """The answer to one picture that may be what ended the program."""
        if picture.problem is not None:
            return unread(picture)
        process = self._running()
        send(picture, process.stdin)
        if line := whole_line(process.stdout):
            return answer(line, picture)
        signal = self._ended()
        error = f"the encoder was ended by signal {signal}"
        return Answer(picture.key, error=error, is_clip=picture.is_clip)

    def _running(self) -> subprocess.Popen:
        if self.process is None:
            self.said = tempfile.TemporaryFile()
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said
            )
        return self.process

    def _ended(self) -> int:
        """The signal that ended the program; where it ended by itself, that is the run's error."""
        status = self.process.wait()
        self.process = None
        if status < 0:
            return -status
        self.said.seek(0)
        said = self.said.read().decode(errors="replace").strip()
        raise DataError(said or f"{self.command[0]}: ended with status {status}")


def feed(source: Iterator[Picture], pipe, sent: queue.Queue) -> None:
    """Sends pictures until there are no more, or nobody takes them; then None is `sent`."""
    try:
        for picture in source:
            sent.put(picture)
            if picture.problem is None and not send(picture, pipe):
                break
    except BaseException as error:  # of the source: it is the run's
        sent.put(error)
    sent.put(None)


def send(picture: Picture, pipe) -> bool:
    """Whether the program took it; one that has ended does not."""
    where = {"length": len(picture.contents)}
    if picture.is_clip:
        where = {"file": picture.path, "name": picture.name}
    line = json.dumps({"key": picture.key, **where})
    try:
        pipe.write(line.encode() + b"\n" + picture.contents)
        pipe.flush()
    except OSError:
        return False
    return True


def drained(sent: queue.Queue) -> list[Picture]:
    return list(iter(sent.get, None))


def unread(picture: Picture) -> Answer:
    return Answer(picture.key, error=picture.problem, is_clip=picture.is_clip)


def whole_line(source: BinaryIO) -> bytes:
    """The next line; of one that is too long its beginning, without an end."""
    line = rest = source.readline(MOST_LINE)
    while len(rest) == MOST_LINE and not rest.endswith(b"\n"):
        rest = source.readline(MOST_LINE)
    return line


def answer(line: bytes, picture: Picture) -> Answer:
    if len(line) == MOST_LINE and not line.endswith(b"\n"):
        return too_long(picture)
    fields = json.loads(line)
    del fields["model"]
    return Answer(**fields, is_clip=picture.is_clip or "film" in fields)


def too_long(clip: Picture) -> Answer:
    error = f"its film has more than {MOST_LINE} bytes; cut the clip into several"
    return Answer(clip.key, error=error, is_clip=True)
