"""A stand-in for a language model: a server of the OpenAI chat protocol that knows this one trade.

    python model.py [PORT]

It prints its address. It reads prompts as far as it takes to tell a careful one from a careless
one, and it is not quite reliable, as models are. With a real model nothing else changes: name its
address, its key and its price.
"""

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = {
    "payment": ("charged", "charge", "money", "invoice", "bill", "payment", "refund"),
    "delivery": ("parcel", "courier", "box", "delivery", "driver"),
    "account": ("password", "app", "basket"),
    "praise": ("thank", "thanks", "wonderful", "lovely"),
}


def think(prompt):
    """Answer a prompt whose message is its last line."""
    instruction, _, message = prompt.rpartition("\n\n")
    message = message.removeprefix("Message: ").lower()
    words = {word.strip(".,!") for word in message.split()}
    topic = next((name for name, known in WORDS.items() if words & set(known)), "other")
    # Chance, which the same question meets in the same way.
    chance = hashlib.sha256(prompt.encode()).digest()[0] / 256
    if "Topics:" not in instruction and "topics" not in instruction and chance < 0.5:
        topic = "complaint"  # nobody said which topics there are
    urgency = 2 + 2 * ("broken" in message or "damaged" in message) + ("urgent" in message)
    return json.dumps({"topic": topic, "urgency": min(5, urgency)})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = request["messages"][-1]["content"]
        text = think(prompt)
        read, written = len(prompt.split()), len(text.split())
        answer = {
            "object": "chat.completion",
            "model": request["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": read,
                "completion_tokens": written,
                "total_tokens": read + written,
            },
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8000), Handler)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    server.serve_forever()
