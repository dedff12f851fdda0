"""A real scheduler with worker processes on loopback: the same bytes as here, whatever happens to the workers."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from distributed.cli import dask_scheduler, dask_worker

from tests.conftest import ROOT, SMALL, Ran, read_once
from tests.lab import edits
from tests.lab.change.test_impact import small_records
from tests.lab.edits import corpus_table, edited
from tierengine.engines.lowering import lower
from tierengine.lab.corpus import cluster, parquet

CASES = 400


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, protocol: str = "tcp", settings: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._settings = settings or {}
        self.workers: list[subprocess.Popen[bytes]] = []
        self._file = folder / "scheduler.json"
        words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--protocol", protocol]
        self.scheduler = self._run("dask_scheduler", *words, "--scheduler-file", str(self._file))
        while not self._file.exists():
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.address = str(json.loads(self._file.read_text())["address"])

    def work(self, package: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start one more worker, with the program of a folder, and return it once the scheduler knows it."""
        words = ["--scheduler-file", str(self._file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        log = self._folder / f"worker-{len(self.workers)}.log"
        worker = self._run("dask_worker", *words, "--local-directory", str(self._folder), package=package, log=log)
        self.workers.append(worker)
        while b"Registered to" not in log.read_bytes():
            assert worker.poll() is None, log.read_text()
            time.sleep(0.05)
        return worker

    def end(self) -> None:
        """End every process."""
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.kill()
            process.wait()

    def _run(self, what: str, *words: str, package: Path = ROOT, log: Path | None = None) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(package)} | self._settings
        with (log or Path(os.devnull)).open("wb") as out:
            command = [sys.executable, "-m", f"distributed.cli.{what}", *words]
            return subprocess.Popen(command, env=environment, cwd=self._folder, stdout=out, stderr=out)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers."""
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        started.work()
        started.work()
        yield started
    finally:
        started.end()


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cases of the small rulebook in ten parts."""
    monkeypatch.setattr(parquet, "AT_ONCE", 40)
    form = lower(read_once(SMALL).latest())
    table: pa.Table = corpus_table(form, [f"c{n}" for n in range(CASES)], small_records(CASES, 8))
    pq.write_table(table, tmp_path / "c.parquet", row_group_size=40)
    return tmp_path / "c.parquet"


class Meddling:
    """Goes through the parts, and does something before one of them."""

    def __init__(self, before: int, act: Callable[[], object]) -> None:
        self._before = before
        self._act = act
        self.done = False

    def __call__(self, pieces: Any, _doing: str, /) -> Iterator[Any]:
        """Yield the pieces."""
        for number, piece in enumerate(pieces):
            if number == self._before and not self.done:
                self.done = True
                self._act()
            yield piece


def test_the_same_bytes_as_here(
    running: Cluster, corpus: Path, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every verb on a corpus, however it is cut; and of the file with the cases that move."""
    changed = edited(tmp_path / "new", edits.FEWER_PROMISES, edits.STRICTER_SCOPE)
    questions = [
        ("impact", SMALL, changed, "--corpus", corpus, "--moved", tmp_path / "moved"),
        ("audit", "fragile", corpus, "--rulebook", SMALL),
        ("audit", "like-cases", corpus, "--rulebook", SMALL),
        ("audit", "robust", ROOT / "seeds"),
    ]
    for words in questions:
        here = tierengine(*words, "--format", "json")
        rows = pq.read_table(tmp_path / "moved")
        assert here.code == 0
        monkeypatch.setattr(parquet, "AT_ONCE", random.Random(str(words[:2])).choice((40, 130, 250)))
        there = tierengine(*words, "--format", "json", "--cluster", running.address)
        assert (there.code, there.err) == (0, "")
        assert there.out == here.out
        assert pq.read_table(tmp_path / "moved").equals(rows)


def test_a_worker_that_is_killed_changes_nothing(
    running: Cluster, corpus: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a random moment, in the middle of its parts."""
    from tierengine.cli import impact as verbs  # noqa: PLC0415

    words = ("audit", "fragile", corpus, "--rulebook", SMALL, "--format", "json")
    here = tierengine(*words)
    victim = running.work()
    moment = random.Random().randrange(10)  # every run of the tests tries another
    meddling = Meddling(moment, victim.kill)
    monkeypatch.setattr(verbs, "watch", meddling)
    there = tierengine(*words, "--cluster", running.address)
    assert (there.code, there.out, meddling.done) == (0, here.out, True)
    assert victim.wait() == -signal.SIGKILL


def test_a_worker_that_never_answers_changes_nothing(
    running: Cluster, corpus: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was given is done by others or here."""
    from tierengine.cli import impact as verbs  # noqa: PLC0415

    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    monkeypatch.setattr(cluster, "REACHED_WITHIN", 3)
    words = ("audit", "fragile", corpus, "--rulebook", SMALL, "--format", "json")
    here = tierengine(*words)
    silent = running.work()
    moment = random.Random().randrange(10)
    monkeypatch.setattr(verbs, "watch", Meddling(moment, lambda: silent.send_signal(signal.SIGSTOP)))
    there = tierengine(*words, "--cluster", running.address)
    silent.kill()
    silent.wait()
    assert (there.code, there.err, there.out) == (0, "", here.out)


def test_a_worker_of_another_version_is_refused(
    running: Cluster, corpus: Path, tmp_path: Path, tierengine: Callable[..., Ran]
) -> None:
    """Before it is given anything: its version, its code and its law are shown beside ours."""
    other = tmp_path / "other"
    for room in ("tierengine", "criteria", "rules"):
        shutil.copytree(ROOT / room, other / room, ignore=shutil.ignore_patterns("__pycache__"))
    assess = other / "tierengine" / "reasoning" / "assess.py"
    assess.write_text(assess.read_text().replace('VERSION = "', 'VERSION = "9.'))
    (other / "rules" / "more.yaml").write_text("# a comment is another law\n")
    worker = running.work(other)
    try:
        ran = tierengine("audit", "fragile", corpus, "--rulebook", SMALL, "--cluster", running.address)
    finally:
        worker.kill()
        worker.wait()
    assert (ran.code, ran.out) == (2, "")
    assert "tierengine: 9." in ran.err
    assert "the code of tierengine: sha256:" in ran.err
    assert "the law that is installed: sha256:" in ran.err
    assert "install the same on every machine" in ran.err


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("tcp://127.0.0.1:9", "the scheduler cannot be reached"),
        ("nonsense", "the scheduler cannot be reached"),
        ("local:none", "`none` is no number of processes"),
    ],
)
def test_clusters_that_are_none(
    address: str, what: str, corpus: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scheduler, no number of processes: refused, with nothing counted."""
    monkeypatch.setattr(cluster, "REACHED_WITHIN", 1)
    ran = tierengine("audit", "fragile", corpus, "--rulebook", SMALL, "--cluster", address)
    assert (ran.code, ran.out) == (2, "")
    assert f"--cluster {address}: {what}" in ran.err


def certificates(folder: Path) -> dict[str, str]:
    """Make an authority and one certificate of loopback, and return the settings of `distributed` that name them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tierengine tests")])
    now = dt.datetime.now(dt.UTC)
    written = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, kept = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(written.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {f"{tls}CA_FILE": str(pem)}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings |= {f"{tls}{role}__CERT": str(pem), f"{tls}{role}__KEY": str(kept)}
    return settings


def test_an_encrypted_cluster(
    corpus: Path, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS by the settings of `distributed` alone; without them, and without a worker, nothing is answered."""
    monkeypatch.setattr(cluster, "REACHED_WITHIN", 1)
    settings = certificates(tmp_path)
    encrypted = Cluster(tmp_path, "tls", settings)
    asked = ("audit", "fragile", corpus, "--rulebook", SMALL, "--cluster", encrypted.address)
    try:
        ran = tierengine(*asked)
        assert (ran.code, ran.out) == (2, "")
        assert "the scheduler cannot be reached" in ran.err
        # As Dask reads them from the environment when it is loaded.
        names = {name: name.removeprefix("DASK_").lower().replace("__", ".").replace("_", "-") for name in settings}
        with dask.config.set({names[name]: value for name, value in settings.items()}):
            monkeypatch.setattr(cluster, "REACHED_WITHIN", 5)  # a machine that is busy takes that long to greet
            ran = tierengine(*asked)
            assert (ran.code, ran.out) == (2, "")
            assert "the scheduler has no worker" in ran.err
            monkeypatch.setattr(cluster, "REACHED_WITHIN", 15)
            encrypted.work()
            ran = tierengine(*asked)
            assert (ran.code, ran.err) == (0, "")
            assert ran.out.startswith("400 cases, ")
    finally:
        encrypted.end()


def test_what_the_page_on_clusters_says_to_run(tierengine: Callable[..., Ran]) -> None:
    """Its job for a batch system is a shell script, and every program it starts knows the options that it is given."""
    page = (ROOT / "docs" / "how-to" / "cluster.md").read_text()
    script = page.split("```sh\n")[1].split("```")[0]
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    manifests = list(yaml.safe_load_all(page.split("```yaml\n")[1].split("```")[0]))
    given = [word.strip('"\\') for word in script.split()]
    for manifest in manifests:
        for container in manifest["spec"].get("template", {}).get("spec", {}).get("containers", ()):
            given += container["args"]
    options = {word for word in given if word.startswith("--") and "=" not in word}
    known = {name for each in (dask_scheduler, dask_worker) for option in each.main.params for name in option.opts}
    known |= {name for each in (dask_scheduler, dask_worker) for opt in each.main.params for name in opt.secondary_opts}
    known |= set(tierengine("impact", "--help").out.split()) | {"--exact"}  # the last is of srun
    assert options <= known
    assert [manifest["kind"] for manifest in manifests] == ["Service", "Deployment", "Deployment", "Job"]
