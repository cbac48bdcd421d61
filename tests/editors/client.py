"""A client of `gemc lsp` over pipes, as small as a measurement needs; and texts of any size, as `benches/models/generated.rs` writes them."""

import json
import os
import subprocess

URI = "file:///model.gem"


class Client:
    """A language server, what was said to it, and what it told without being asked."""

    def __init__(self, gemc):
        self.server = subprocess.Popen([gemc, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0
        self.version = 1
        self.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self.notify("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def read(self):
        length = 0
        while (line := self.server.stdout.readline().strip()) or not length:
            if not line:
                raise EOFError("the server is gone")
            name, _, value = line.partition(b": ")
            length = int(value) if name == b"Content-Length" else length
        return json.loads(self.server.stdout.read(length))

    def ask(self, method, params):
        """Sends a request, and returns its number."""
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        return self.asked

    def request(self, method, params):
        """Asks, and returns the answer."""
        number = self.ask(method, params)
        while (message := self.read()).get("id") != number:
            pass
        return message.get("result", message.get("error"))

    def about(self, method, line=0, character=0):
        """Asks about the open text, or a place of it."""
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 10**6, "character": 0}}
        place = {"position": {"line": line, "character": character}, "context": {"diagnostics": [], "includeDeclaration": True}}
        options = {"options": {"tabSize": 4, "insertSpaces": True}}
        return self.request(f"textDocument/{method}", {"textDocument": {"uri": URI}, "range": whole, **place, **options})

    def open(self, text):
        self.notify("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "gem", "version": 1, "text": text}})

    def change(self, text, start=None, end=None):
        """Writes `text` in place of what stands between two places, each a line and a column, or of all."""
        self.version += 1
        change = {"text": text}
        if start is not None:
            places = [dict(zip(("line", "character"), place)) for place in (start, end)]
            change["range"] = dict(zip(("start", "end"), places))
        document = {"uri": URI, "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def faults(self):
        """Waits for the faults of the text as it is."""
        while True:
            message = self.read()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"].get("version") == self.version:
                return message["params"]["diagnostics"]

    def memory(self):
        """Returns the server's resident memory in MB."""
        with open(f"/proc/{self.server.pid}/status") as told:
            return next(int(line.split()[1]) for line in told if line.startswith("VmRSS")) / 1024

    def computed(self):
        """Returns how many milliseconds of processor time the server has taken."""
        with open(f"/proc/{self.server.pid}/stat") as told:
            user, system = told.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")

    def end(self):
        """Says goodbye, and returns the exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.server.wait()


def chain(populations):
    """Writes a model of so many populations: a chain in which every tenth also reads the one eleven before it."""
    lines = ["model big {", "    genome g(2)", "    population p0 = units(2) { g: free }"]
    for index in range(1, populations):
        lines.append(f"    population p{index} = units(2) {{ g: free, activation: tanh }}")
        lines.append(f"    connect p{index - 1} -> p{index} via g")
        if index % 10 == 0 and index > 10:
            lines.append(f"    connect p{index - 11} -> p{index} via g")
    return "\n".join([*lines, "    input p0", f"    output p{populations - 1}", "}", ""])
