"""The program: listeners, the choice of a script, and control."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, unquote

import uvloop

from . import anthropic, bedrock, images, invoke, openai, openai_embeddings, signature
from .feishu import Platform
from .http import HTTPConnection, Request, Response
from .journal import Call, Journal
from .script import Encoder, Run, Signals

DEFAULT_SCRIPT = {
    "steps": [
        ["text", "Hello"],
        ["text", " world"],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 2}],
    ]
}


class Program:
    def __init__(self) -> None:
        self._journal = Journal()
        self._scripts: dict[str, dict[str, Any]] = {}
        self._signals = Signals()
        self._platform = Platform()

    async def run(self) -> None:
        """Listens on five free ports, prints them as one JSON line, and serves until it is terminated."""
        loop = asyncio.get_running_loop()
        ports = {}
        handlers = {
            "bedrock": self._bedrock,
            "openai": self._openai,
            "anthropic": self._anthropic,
            "feishu": self._platform.handle,
            "control": self._control,
        }
        for name, handler in handlers.items():
            # One factory a listener; 4096 because thousands of callers may connect at once.
            server = await loop.create_server(
                lambda name=name, handler=handler: HTTPConnection(name, handler, self._journal),
                "127.0.0.1",
                0,
                backlog=4096,
            )
            ports[name] = server.sockets[0].getsockname()[1]
        print(json.dumps(ports), flush=True)
        await asyncio.Event().wait()

    async def _bedrock(self, request: Request, response: Response) -> None:
        parsed = bedrock.parsed(request)
        if parsed is None:
            await response.send(404, {"x-amzn-errortype": "UnknownOperationException"}, b"{}")
            return
        model, action = parsed
        stream = action == "converse-stream"
        call = self._record("bedrock", model, stream, request)
        call.faults = bedrock.faults(request, model, action)
        refusal = bedrock.refusal_of(call.faults) if call.faults else None
        if action == "invoke":
            body = json.loads(request.body) if refusal is None else {}
            made = invoke.answer(model, body) if refusal is None else None
            await self._once(call, response, made, refusal, invoke.texts_of(body) if made else [])
            return
        encoder = bedrock.StreamEncoder() if stream else bedrock.WholeEncoder()
        await self._answer(call, response, encoder, refusal)

    async def _openai(self, request: Request, response: Response) -> None:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = {}
        stream = bool(body.get("stream"))
        call = self._record("openai", str(body.get("model")), stream, request)
        call.faults = openai.faults(request)
        refusal = openai.refusal(400, "; ".join(call.faults), "invalid_request_error") if call.faults else None
        path = request.target.split("?")[0]
        for ending, answer in (
            ("/embeddings", openai_embeddings.answer),
            ("/images/generations", images.openai_answer),
        ):
            if path.endswith(ending):
                await self._once(call, response, ({}, answer(body)) if refusal is None else None, refusal)
                return
        done = self._script(call).get("done", True)
        encoder = openai.StreamEncoder(body, done) if stream else openai.WholeEncoder(body)
        await self._answer(call, response, encoder, refusal)

    async def _anthropic(self, request: Request, response: Response) -> None:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = {}
        stream = bool(body.get("stream"))
        call = self._record("anthropic", str(body.get("model")), stream, request)
        call.faults = anthropic.faults(request)
        refusal = anthropic.refusal(400, "; ".join(call.faults), "invalid_request_error") if call.faults else None
        encoder = anthropic.StreamEncoder(body) if stream else anthropic.WholeEncoder(body)
        if anthropic.is_count(request):
            encoder = anthropic.CountEncoder()
        await self._answer(call, response, encoder, refusal)

    def _record(self, dialect: str, model: str, stream: bool, request: Request) -> Call:
        return self._journal.arrived(
            dialect=dialect,
            model=model,
            stream=stream,
            method=request.method,
            target=request.target,
            headers=request.headers,
            body=request.body,
            connection=request.connection,
        )

    def _script(self, call: Call) -> dict[str, Any]:
        script = self._scripts.get(call.model, DEFAULT_SCRIPT)
        script = script.get("regions", {}).get(signature.region(call.headers), script)
        for text, other in script.get("asked", []):
            if text.encode() in call.body:
                return other
        if "sequence" not in script:
            return script
        earlier = sum(other.id < call.id for other in self._journal.of(call.model))
        return script["sequence"][min(earlier, len(script["sequence"]) - 1)]

    async def _answer(self, call: Call, response: Response, encoder: Encoder, refusal: dict[str, Any] | None) -> None:
        script = self._script(call)
        refusal = refusal or script.get("refuse")
        try:
            if refusal is None:
                await Run(script, call, response, encoder, self._signals).play()
                return
            await asyncio.sleep(script.get("delay", 0))
            await response.send(refusal["status"], refusal["headers"], refusal["body"].encode())
            call.end("refused")
        finally:
            call.end("left")

    async def _once(
        self,
        call: Call,
        response: Response,
        made: tuple[dict[str, str], dict[str, Any]] | None,
        refusal: dict[str, Any] | None,
        texts: list[str] = (),
    ) -> None:
        """Sends a whole answer that no script has.

        Of a script count `refuse`, `refuse_text` (a refusal for calls with that text), `delay` and `delays` (seconds by
        text, the longest of a call's counts).
        """
        script = self._script(call)
        by_text = script.get("refuse_text", {})
        refusal = refusal or script.get("refuse") or next((by_text[text] for text in texts if text in by_text), None)
        delays = script.get("delays", {})
        try:
            await asyncio.sleep(max([script.get("delay", 0), *(delays.get(text, 0) for text in texts)]))
            if refusal is None:
                headers, body = made
                await response.send(200, {"Content-Type": "application/json", **headers}, json.dumps(body).encode())
            else:
                await response.send(refusal["status"], refusal["headers"], refusal["body"].encode())
            call.end("complete" if refusal is None else "refused")
        finally:
            call.end("left")

    async def _control(self, request: Request, response: Response) -> None:
        path, _, query = request.target.partition("?")
        argument = {name: values[0] for name, values in parse_qs(query).items()}
        body = json.loads(request.body) if request.body else None
        answer: Any = True
        match request.method, path.split("/")[1:]:
            case "PUT", ["scripts", model]:
                self._scripts[unquote(model)] = body
            case "POST", ["signals", model, name]:
                self._signals.send(unquote(model), unquote(name))
            case method, ["feishu", app]:
                answer = self._platform.control(method, unquote(app), body)
            case "GET", ["calls"]:
                after = int(argument.get("after", -1))
                calls = [call for call in self._journal.of(argument.get("model")) if call.id > after]
                with_body = argument.get("brief") is None
                answer = [call.to_json(with_body) for call in calls]
            case "GET", ["connections"]:
                answer = [
                    {"id": c.id, "port": c.port, "opened": c.opened, "closed": c.closed, "requests": c.requests}
                    for c in self._journal.connections
                    if c.port != "control"
                ]
            case "GET", ["state"]:
                calls = self._journal.of(argument.get("model"))
                answer = {"calls": len(calls), "open": sum(call.ended is None for call in calls)}
            case _:
                answer = None
        status = 404 if answer is None else 200
        await response.send(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())


def main() -> None:
    uvloop.run(Program().run())
