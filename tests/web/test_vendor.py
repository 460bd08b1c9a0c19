"""Vendored files are fetched whole and verified, or not at all."""

import io
import json
import shutil
import subprocess
import tarfile

import pytest

from web.vendor import LOCK, VendorError, integrity, main, npm_pack, problems, read_lock

SCRIPT = b"let a = 1;\n"
DESTINATION = "web/static/vendor/thing-1.2.3.js"


def tarball(**files: bytes) -> bytes:
    """A package as npm packs it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name.replace('_', '.')}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


PACKED = tarball(thing_js=SCRIPT)


def packer(content: bytes):
    """A stand-in for npm whose tarball has the given content."""

    def pack(package, folder):
        path = folder / f"{package.name}.tgz"
        path.write_bytes(content)
        return path

    return pack


def locked(root, *, of_package=PACKED, of_file=SCRIPT, source="thing.js"):
    """A root whose lock names one file of one package."""
    file = {"from": source, "to": DESTINATION, "integrity": integrity(of_file, "sha384")}
    package = {"name": "thing", "version": "1.2.3", "licence": "MIT", "files": [file]}
    package["integrity"] = integrity(of_package, "sha512")
    (root / LOCK).parent.mkdir(parents=True)
    (root / LOCK).write_text(json.dumps({"packages": [package]}))
    return root


def test_a_locked_package_is_written_and_passes_the_check(tmp_path, capsys):
    """Fetched as locked, the file is there and the offline check agrees."""
    root = locked(tmp_path)

    assert main([], root=root, pack=packer(PACKED)) == 0
    assert (root / DESTINATION).read_bytes() == SCRIPT
    assert main(["--check"], root=root) == 0
    assert capsys.readouterr().out == "vendored files are as locked\n" * 2


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        ({"of_package": b"another"}, "thing: locked sha512-"),
        ({"of_file": b"another"}, "thing.js: locked sha384-"),
        ({"source": "other.js"}, "other.js is not in thing.tgz"),
    ],
)
def test_anything_else_writes_nothing(tmp_path, capsys, lock, message):
    """A wrong tarball, a wrong file and a missing file stop before the first write."""
    root = locked(tmp_path, **lock)

    assert main([], root=root, pack=packer(PACKED)) == 1
    assert not (root / DESTINATION).exists()
    assert message in capsys.readouterr().out


def test_a_missing_or_changed_file_fails_the_check(tmp_path):
    """Each is named."""
    root = locked(tmp_path)
    assert list(problems(root)) == [f"{DESTINATION} is missing"]

    (root / DESTINATION).parent.mkdir(parents=True)
    (root / DESTINATION).write_bytes(b"let a = 2;\n")

    assert list(problems(root)) == [f"{DESTINATION} is not the locked thing 1.2.3"]


def test_npm_only_downloads(tmp_path, monkeypatch):
    """Nothing in the package is run."""
    commands = []

    def run(command, **options):
        commands.append(command)
        (tmp_path / "thing-1.2.3.tgz").write_bytes(PACKED)

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", run)
    [package] = read_lock(locked(tmp_path))

    assert npm_pack(package, tmp_path).name == "thing-1.2.3.tgz"
    assert commands[0][:3] == ["/bin/npm", "pack", "thing@1.2.3"]
    assert "--ignore-scripts" in commands[0]


def test_without_npm_it_says_so(tmp_path, monkeypatch):
    """The message tells that users need no npm."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    [package] = read_lock(locked(tmp_path))

    with pytest.raises(VendorError, match="committed files need no npm"):
        npm_pack(package, tmp_path)
