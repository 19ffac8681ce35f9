#!/usr/bin/env python3
"""Makes the fixtures of the Bedrock tests with botocore, the reference for both formats.

    python3 Tests/Providers/Bedrock/Fixtures/make_vectors.py

sigv4.json         requests and what botocore.auth.SigV4Auth answers at a fixed time
eventstream.json   frames in hexadecimal and what botocore.eventstream's parser reads in them
converse.json      the shapes of Converse requests that the encoder's output is checked against
"""
import binascii
import datetime
import gzip
import json
import os
import struct
import sys
import uuid

import botocore
import botocore.auth
import botocore.awsrequest
import botocore.compat
import botocore.credentials
import botocore.eventstream

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = datetime.datetime(2026, 11, 21, 8, 34, 59)
KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def freeze():
    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return cls(2026, 11, 21, 8, 34, 59)

        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 21, 8, 34, 59, tzinfo=tz)

    botocore.auth.datetime = type("datetime", (), {"datetime": Frozen, "timezone": datetime.timezone})
    if hasattr(botocore.auth, "get_current_datetime"):
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW


def sign(case):
    headers = dict(case["headers"])
    request = botocore.awsrequest.AWSRequest(
        method=case["method"], url=case["url"], data=case["body"].encode(), headers=headers
    )
    credentials = botocore.credentials.Credentials(KEY, SECRET, case.get("token"))
    botocore.auth.SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    case["date"] = request.headers["X-Amz-Date"]
    case["authorization"] = request.headers["Authorization"]
    return case


def sigv4():
    base = "https://bedrock-runtime.us-east-1.amazonaws.com/model/"
    json_type = {"Content-Type": "application/json"}
    arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0"

    def case(name, url, body="{}", token=None, headers=json_type, region="us-east-1", service="bedrock", method="POST"):
        return sign(
            dict(name=name, method=method, url=url, body=body, token=token, headers=headers, region=region, service=service)
        )

    from urllib.parse import quote

    return [
        case("plain id", base + "amazon.titan/converse"),
        case("id with colon", base + quote("anthropic.claude-3-5-sonnet-20241022-v2:0", safe="") + "/converse-stream"),
        case("inference profile ARN", base + quote(arn, safe="") + "/converse-stream"),
        case("session token", base + "a.b%3A0/converse", token="FwoGZXIvYXdzEXAMPLE//token+with/slashes=="),
        case("body with text", base + "a.b%3A0/converse", body='{"messages":[{"role":"user","content":[{"text":"h\u00e9llo \U0001f600"}]}]}'),
        case("large body", base + "a.b%3A0/converse", body="x" * 4000),
        case("other port", "http://127.0.0.1:8099/model/a.b%3A0/converse"),
        case("default port", "https://bedrock-runtime.eu-west-1.amazonaws.com:443/model/a/converse", region="eu-west-1"),
        case("path prefix and dots", "https://vpce.example.com//proxy/./x/../model/a%3A0/converse"),
        case("accept header and spaces", base + "a/converse", headers={"Content-Type": "application/json", "Accept": "application/vnd.amazon.eventstream", "X-Custom": "  a   b  ", "User-Agent": "brook"}),
        case("query", "https://sts.amazonaws.com/?Version=2011-06-15&Action=GetCallerIdentity&Empty=&b=2&b=1&a%20b=%2Fc", body="", service="sts", method="GET", headers={}),
        case("query without equals", "https://ec2.eu-central-1.amazonaws.com/x/?flag&A=1", body="", service="ec2", region="eu-central-1", method="GET", headers={}),
    ]


TYPES = {"byte": (2, ">b"), "int16": (3, ">h"), "int32": (4, ">i"), "int64": (5, ">q"), "timestamp": (8, ">q")}


def header(name, kind, value):
    out = bytes([len(name)]) + name.encode()
    if kind == "bool":
        return out + bytes([0 if value else 1])
    if kind in TYPES:
        code, layout = TYPES[kind]
        return out + bytes([code]) + struct.pack(layout, value)
    if kind == "uuid":
        return out + bytes([9]) + value
    raw = value if kind == "bytes" else value.encode()
    return out + bytes([6 if kind == "bytes" else 7]) + struct.pack(">H", len(raw)) + raw


def frame(headers, payload):
    block = b"".join(header(*h) for h in headers)
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    prelude += struct.pack(">I", binascii.crc32(prelude))
    message = prelude + block + payload
    return message + struct.pack(">I", binascii.crc32(message))


def event(kind, body):
    return frame(
        [(":event-type", "string", kind), (":content-type", "string", "application/json"), (":message-type", "string", "event")],
        json.dumps(body, separators=(",", ":")).encode(),
    )


def read(data):
    buffer = botocore.eventstream.EventStreamBuffer()
    buffer.add_data(data)
    found = []
    for message in buffer:
        headers = {}
        for name, value in message.headers.items():
            headers[name] = value.hex() if isinstance(value, bytes) else value
        found.append({"headers": headers, "payload": message.payload.hex()})
    return found


def eventstream():
    every = frame(
        [
            ("yes", "bool", True), ("no", "bool", False), ("byte", "byte", -2), ("short", "int16", -300), ("int", "int32", -70000),
            ("long", "int64", -5000000000), ("bytes", "bytes", b"\x00\x01\xff"), ("text", "string", "gr\u00fc\u00df"),
            ("time", "timestamp", 1795250099000), ("uuid", "uuid", uuid.UUID("01020304-0506-0708-090a-0b0c0d0e0f10").bytes),
        ],
        b"payload",
    )
    answer = (
        event("messageStart", {"role": "assistant", "p": "abcd"})
        + event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hello"}, "p": "abcdefgh"})
        + event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": " \u4e16\u754c\n"}, "p": "ab"})
        + event("contentBlockStop", {"contentBlockIndex": 0, "p": "abc"})
        + event("messageStop", {"stopReason": "end_turn", "p": "abcdefghijkl"})
        + event("metadata", {"metrics": {"latencyMs": 500}, "usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15}})
    )
    exception = frame(
        [(":exception-type", "string", "throttlingException"), (":content-type", "string", "application/json"), (":message-type", "string", "exception")],
        b'{"message":"Too many requests, please wait before trying again."}',
    )
    return [
        {"name": name, "hex": data.hex(), "messages": read(data)}
        for name, data in [("every header type", every), ("no headers, no payload", frame([], b"")), ("answer", answer), ("exception", exception)]
    ]


def write(name, value):
    with open(os.path.join(HERE, name), "w") as out:
        # One line an entry keeps differences readable and the file small.
        entries = [json.dumps(e) for e in value] if isinstance(value, list) else [
            f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(value.items())
        ]
        left, right = "[]" if isinstance(value, list) else "{}"
        out.write(left + "\n" + ",\n".join(entries) + "\n" + right)
        out.write("\n")


def shapes():
    """The part of the service's model that a Converse request can reach, without documentation."""
    path = os.path.join(os.path.dirname(botocore.__file__), "data/bedrock-runtime/2023-09-30/service-2.json.gz")
    model = json.load(gzip.open(path))["shapes"]
    found, todo = {}, ["ConverseRequest", "ConverseStreamRequest"]
    kept = ("type", "required", "min", "max", "pattern", "enum", "union", "members", "member", "key", "value", "document")
    while todo:
        name = todo.pop()
        if name in found:
            continue
        shape = {k: v for k, v in model[name].items() if k in kept}
        if "members" in shape:
            shape["members"] = {k: {"shape": v["shape"]} for k, v in shape["members"].items()}
            todo += [v["shape"] for v in shape["members"].values()]
        for part in ("member", "key", "value"):
            if part in shape:
                shape[part] = {"shape": shape[part]["shape"]}
                todo.append(shape[part]["shape"])
        found[name] = shape
    return found


if __name__ == "__main__":
    freeze()
    write("sigv4.json", sigv4())
    write("eventstream.json", eventstream())
    write("converse.json", shapes())
    print("botocore", botocore.__version__, file=sys.stderr)
