"""Headless Chromium through ChromeDriver's plain HTTP protocol."""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
KEYS = {
    "right": "\ue014",
    "left": "\ue012",
    "home": "\ue011",
    "end": "\ue010",
    "enter": "\ue007",
    "tab": "\ue004",
}


class Browser:
    """One session of a browser."""

    def __enter__(self) -> Self:
        assert DRIVER
        assert CHROMIUM
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.profile = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            [DRIVER, f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self._wait()
            options = {"binary": CHROMIUM, "args": [*ARGUMENTS, f"--user-data-dir={self.profile}"]}
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
            found = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        except BaseException:
            self.process.kill()
            raise
        self.session = f"/session/{found['sessionId']}"
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._call("DELETE", self.session)
        finally:
            self.process.terminate()
            self.process.wait(10)
            shutil.rmtree(self.profile, ignore_errors=True)

    def _wait(self) -> None:
        for _ in range(100):
            try:
                self._call("GET", "/status")
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("ChromeDriver does not answer")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if method == "GET" else json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def do(self, path: str, body: Any = None) -> Any:
        return self._call("POST", self.session + path, body)

    def open(self, page: Path, mark: str = "") -> None:
        self.do("/url", {"url": "about:blank"})
        for kind in ("browser", "performance"):  # forget what earlier pages logged
            self.log(kind)
        self.do("/url", {"url": page.as_uri() + mark})

    def run(self, script: str, *arguments: Any) -> Any:
        return self.do("/execute/sync", {"script": script, "args": list(arguments)})

    def run_later(self, script: str) -> Any:
        """Of a script that calls its last argument with the answer."""
        return self.do("/execute/async", {"script": script, "args": []})

    def press(self, *names: str) -> None:
        actions = [
            {"type": kind, "value": KEYS.get(name, name)} for name in names for kind in ("keyDown", "keyUp")
        ]
        self.do("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def type(self, text: str) -> None:
        self.press(*text)

    def log(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.do("/se/log", {"type": kind})
        return found

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def devtools(self, command: str, **parameters: Any) -> Any:
        return self.do("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def pdf(self) -> bytes:
        return base64.b64decode(self.do("/print"))


def axe() -> Path | None:
    """The accessibility checker, where it is installed (from the npm registry)."""
    places = [Path(os.environ.get("AXE_CORE", "")), Path.cwd() / "node_modules/axe-core"]
    return next((place / "axe.min.js" for place in places if (place / "axe.min.js").is_file()), None)
