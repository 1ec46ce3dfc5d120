"""A language model's server whose name and answers hold escapes. Prints its port; modes: good, bad."""

import http.server
import json
import sys

ESCAPES = "\x1b[31mRED\x1b]0;TITLE\x07\x7f\x9b32m\u202e"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path.endswith("/models"):
            return self.send(200, {"data": [{"id": "m" + ESCAPES, "object": "model"}]})
        self.send(404, {"error": {"message": "no " + ESCAPES}})

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        self.rfile.read(length)
        if sys.argv[1] == "bad":
            return self.send(400, {"error": {"message": "bad " + ESCAPES + " request"}})
        text = " a " + ESCAPES + " cat\r\nsecond\n"
        choice = {"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}
        if self.path.endswith("/chat/completions"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self.send(200, {"id": "1", "model": "m" + ESCAPES, "choices": [choice]})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
