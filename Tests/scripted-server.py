"""Plays servers that speak as OpenAI's does, each in a way of its own, and prints its address.

A server's name is the first part of the path: http://127.0.0.1:PORT/think thinks before it answers.
"""

import http.server
import json

ANSWER = "a cat on a rug"
OLD_NAME = {
    "message": "Unsupported parameter: 'max_tokens' is not supported with this model."
    " Use 'max_completion_tokens' instead.",
    "param": "max_tokens",
}
OLD_TEMPERATURE = {
    "message": "Unsupported value: 'temperature' does not support 0 with this model.",
    "param": "temperature",
}
# What a terminal would obey: colours, a title, a bell, C1, text that runs backwards.
ESCAPES = "\x1b[31mRED\x1b]0;TITLE\x07\x7f\x9b32m\u202e"
TOO_LONG = {"message": "the request exceeds the available context size", "code": 400}


def says(content, end="stop", **more):
    message = {"role": "assistant", "content": content, **more}
    return 200, {"choices": [{"index": 0, "message": message, "finish_reason": end}]}


def fails(status, error):
    return status, {"error": error}


def newest(question):
    """As the newest models of OpenAI's."""
    if "max_tokens" in question:
        return fails(400, OLD_NAME)
    if question.get("temperature", 1) != 1:
        return fails(400, OLD_TEMPERATURE)
    return says(ANSWER)


def thorough(question):
    """Reasons for longer than a caption is."""
    if question["max_tokens"] < 1000:
        return says("", "length", reasoning_content="The words are about a cat.")
    return says(ANSWER, reasoning_content="The words are about a cat.")


def thinking(question):
    """Leaves its reasoning in the answer, where a stop at the line's end cuts it."""
    if "stop" in question:
        return says("<think>")
    return says("<think>\nThe words are about a cat.\n</think>\n\n" + ANSWER)


SERVERS = {
    "newest": newest,
    "think": thinking,
    "thorough": thorough,
    "parts": lambda _: says([{"type": "text", "text": ANSWER}]),
    "windows": lambda _: says(f"{ANSWER}\r\nIt sleeps.\r\n"),
    "silent": lambda _: says(None, reasoning_content="We need to respond with a caption."),
    "filter": lambda _: says("", "content_filter", refusal="I can't help with that"),
    "refusal": lambda _: says(None, refusal="I can't help with that"),
    "none": lambda _: (200, {"choices": []}),
    "long-200": lambda _: fails(200, {**TOO_LONG, "type": "exceed_context_size_error"}),
    "long-400": lambda _: fails(400, {**TOO_LONG, "n_prompt_tokens": 4390, "n_ctx": 4096}),
    "long-500": lambda _: fails(500, {"message": "Context size has been exceeded."}),
    "html": lambda _: (200, "<html><body>Log in</body></html>"),
    "inject": lambda _: says(f"a {ESCAPES} cat\r\nsecond\n", reasoning_content=f"why {ESCAPES}"),
    "inject-error": lambda _: fails(400, {"message": f"bad {ESCAPES} request"}),
    "inject-refusal": lambda _: says(None, refusal=f"no {ESCAPES} never"),
    "inject-reasoning": lambda _: says(None, reasoning_content=f"why {ESCAPES}"),
    "inject-page": lambda _: (200, f"<html>{ESCAPES}</html>"),
    "loading": lambda _: fails(503, {"message": "Loading model"}),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.endswith("/v1/models"):
            name = "scripted" + (ESCAPES if self.path.startswith("/inject") else "")
            return self.answer(200, {"data": [{"id": name}]})
        self.answer(*fails(404, {"message": "no such path"}))

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        question = json.loads(self.rfile.read(length))
        _, server, path = self.path.split("/", 2)
        if path != "v1/chat/completions":
            return self.answer(*fails(404, {"message": "no such path"}))
        self.answer(*SERVERS[server](question))

    def answer(self, status, body):
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
