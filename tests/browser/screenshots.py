"""Drives the running demo and writes the pictures of README.md: `make screenshots`."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from service.core.settings import ROOT
from tests.browser.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = ROOT / "docs" / "images"
DESK = re.compile(r"Desk\s+(?P<desk>\S+)\s+\((?P<email>\S+) / (?P<password>\S+)\)")
WIDE = {"width": 1200, "height": 820}


@dataclass(frozen=True)
class Door:
    """Where the demo's desk is, and who may enter."""

    base: str
    email: str
    password: str


@contextmanager
def running_demo(var: Path) -> Iterator[Door]:
    """The demo, until the pictures are taken."""
    command = [sys.executable, "-m", "service.cli.main", "demo"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PRESSRUN_VAR_DIR": str(var)}, cwd=ROOT)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            sys.stderr.write(line)
            found = DESK.search(line)
            if found:
                yield Door(found["desk"].removesuffix("/admin"), found["email"], found["password"])
                return
        raise SystemExit("the demo ended before it was ready")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def main() -> None:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        raise SystemExit("no Chromium on this machine: install the package chromium, or name one in CHROMIUM")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder) / "var") as door, sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page(viewport=WIDE, device_scale_factor=1.5, locale="en-US")
        _sign_in(page, door)
        for name, address in (("calendar", "/admin/schedule"), ("delivery", "/admin/deliveries/1")):
            page.goto(door.base + address)
            page.wait_for_timeout(800)
            _take(page, name)
        _take_letter(page, door)
        browser.close()


def _sign_in(page: "Page", door: Door) -> None:
    page.goto(door.base + "/admin/sign-in")
    page.locator("input[name=email]").fill(door.email)
    page.locator("input[name=password]").fill(door.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()


def _take_letter(page: "Page", door: Door) -> None:
    """The newest mail as it arrived, wide and on a phone, side by side."""
    page.goto(door.base + "/admin/mailbox")
    page.locator("main a[href*='/admin/mailbox/']").first.click()
    page.wait_for_load_state()
    address = page.locator("iframe").first.get_attribute("src")
    parts = []
    for name, size in (("wide", {"width": 720, "height": 980}), ("narrow", {"width": 390, "height": 980})):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(door.base + str(address))
        page.wait_for_timeout(500)
        parts.append(_take(page, f"letter-{name}"))
    _side_by_side(parts, PICTURES / "letter.png")


def _take(page: "Page", name: str) -> Path:
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target)
    with Image.open(target) as picture:
        picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=200).save(target, optimize=True)
    return target


def _side_by_side(parts: list[Path], target: Path, gap: int = 48) -> None:
    pictures = [Image.open(part).convert("RGB") for part in parts]
    whole = Image.new(
        "RGB", (sum(each.width for each in pictures) + gap * (len(pictures) - 1), max(each.height for each in pictures)), "white"
    )
    left = 0
    for each in pictures:
        whole.paste(each, (left, 0))
        left += each.width + gap
    whole.convert("P", palette=Image.Palette.ADAPTIVE, colors=200).save(target, optimize=True)
    for part in parts:
        part.unlink()


if __name__ == "__main__":
    main()
