"""Drives Chromium without a display, by the DevTools protocol over a pipe."""

import json
import os
import pathlib
import subprocess
import tempfile
import time


class Browser:
    """A browser with one page; it notes what the page asks of the network and complains of."""

    def __init__(self, program="chromium"):
        self.folder = tempfile.TemporaryDirectory()
        own_read, own_write = os.pipe()
        its_read, its_write = os.pipe()
        # The browser reads requests from descriptor 3 and writes answers to 4.
        command = f'exec "$0" "$@" 3<&{own_read} 4>&{its_write}'
        self.process = subprocess.Popen(
            [
                "sh",
                "-c",
                command,
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--remote-debugging-pipe",
                f"--user-data-dir={self.folder.name}",
            ],
            pass_fds=[own_read, its_write],
            stderr=subprocess.DEVNULL,
        )
        os.close(own_read)
        os.close(its_write)
        self.requests = os.fdopen(own_write, "wb", buffering=0)
        self.answers = os.fdopen(its_read, "rb")
        self.number = 0
        self.session = None
        #: Addresses that the page asked for, other than its own and those within it.
        self.asked = []
        #: Errors and warnings of the page and its script.
        self.complaints = []
        self.loaded = False
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ["Page", "Network", "Runtime", "Log", "Accessibility"]:
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        """Does what a method of the protocol does, and gives its result."""
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.requests.write(json.dumps(request).encode() + b"\0")
        while True:
            message = self.read()
            if message.get("id") != self.number:
                self.note(message)
                continue
            if "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            return message["result"]

    def read(self):
        bytes = bytearray()
        while (byte := self.answers.read(1)) != b"\0":
            if not byte:
                raise RuntimeError("the browser has ended")
            bytes += byte
        return json.loads(bytes)

    def note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            address = parameters["request"]["url"]
            if not address.startswith(("data:", "blob:")) and address != self.address:
                self.asked.append(address)
        elif method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.complaints.append(str([each.get("value") for each in parameters["args"]]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(parameters["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loaded = True

    def open(self, path, width=1280, height=800, is_dark=False, is_phone=False):
        """Opens a file in a window of some size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=is_phone,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}],
        )
        self.address = pathlib.Path(path).resolve().as_uri()
        self.loaded = False
        self.call("Page.navigate", url=self.address)
        while not self.loaded:
            self.note(self.read())

    def value(self, expression):
        """What an expression is in the page, once it is settled."""
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def wait(self, expression, seconds=20):
        """Waits until an expression is true."""
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise AssertionError(f"after {seconds} s still not: {expression}")
            # Lets the page draw.
            self.value("new Promise(requestAnimationFrame)")

    def key(self, name, modifiers=0):
        """Presses a key."""
        codes = {
            "Enter": 13,
            "Backspace": 8,
            "Tab": 9,
            "Escape": 27,
            "ArrowLeft": 37,
            "ArrowUp": 38,
            "ArrowRight": 39,
            "ArrowDown": 40,
            "Home": 36,
            "End": 35,
        }
        text = {"Enter": "\r"}.get(name, name if len(name) == 1 else "")
        common = dict(
            key=name,
            modifiers=modifiers,
            windowsVirtualKeyCode=codes.get(name, ord(name[0].upper())),
        )
        self.call(
            "Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        for letter in text:
            self.key(letter)

    def move(self, x, y):
        """Moves the mouse."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector):
        """Clicks on the middle of an element."""
        x, y = self.value(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            " element.scrollIntoView({ block: 'center' });"
            " const box = element.getBoundingClientRect();"
            " return [box.left + box.width / 2, box.top + box.height / 2]; })()"
        )
        self.move(x, y)
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def screenshot(self, path, whole=False):
        import base64

        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))

    def tree(self):
        """The roles and names that a screen reader gets."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored") and "role" in node
        ]

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        except (RuntimeError, BrokenPipeError):
            pass
        self.process.wait()
        self.folder.cleanup()
