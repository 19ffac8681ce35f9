"""Checks a request's AWS Signature Version 4 by computing it again with botocore's own signer."""

from __future__ import annotations

import datetime
import hashlib
import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY = "AKIASCRIPTEDPROVIDER"
SECRET_KEY = "scripted/secret+key/0123456789abcdefghij"
SESSION_TOKEN = "scripted-session-token//==0123456789"
BEARER_TOKEN = "scripted-bearer-token-0123456789"
REGION = "us-west-2"
REGIONS = (REGION, "us-east-1", "eu-west-1")
SERVICE = "bedrock"

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/ ]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request,"
    r" ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)


def region(headers: list[tuple[str, str]]) -> str | None:
    """What region a request is signed for."""
    fields = {name.lower(): value for name, value in headers}
    match = _AUTHORIZATION.fullmatch(fields.get("authorization", ""))
    return match and match.group(3)


def problem(method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> str | None:
    """What is wrong with the request's authorization; None when AWS would accept it."""
    fields = {name.lower(): value for name, value in headers}
    authorization = fields.get("authorization", "")
    if authorization == f"Bearer {BEARER_TOKEN}":
        return None
    match = _AUTHORIZATION.fullmatch(authorization)
    if match is None:
        return f"Authorization is neither the known bearer token nor SigV4: {authorization[:40]!r}"
    access_key, date, region, service, signed, signature = match.groups()
    fault = _scope_problem(access_key, date, region, service, fields) or _header_problem(
        signed.split(";"), fields, body
    )
    if fault:
        return fault
    expected = _signature(method, target, signed.split(";"), fields, body, region)
    return None if signature == expected else "The signature does not match the one that botocore computes"


def _scope_problem(access_key: str, date: str, region: str, service: str, fields: dict[str, str]) -> str | None:
    if access_key != ACCESS_KEY:
        return f"Unknown access key {access_key!r}"
    if region not in REGIONS or service != SERVICE:
        return f"Scope is {region}/{service}, not {'|'.join(REGIONS)}/{SERVICE}"
    stamp = fields.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", stamp) or not stamp.startswith(date):
        return f"x-amz-date {stamp!r} does not agree with the scope's date {date}"
    sent = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    age = abs((datetime.datetime.now(datetime.UTC) - sent).total_seconds())
    return f"x-amz-date is {age:.0f} s off" if age > 300 else None


def _header_problem(signed: list[str], fields: dict[str, str], body: bytes) -> str | None:
    if signed != sorted(signed):
        return f"SignedHeaders are not sorted: {signed}"
    missing = [name for name in signed if name not in fields]
    if missing:
        return f"SignedHeaders name fields that were not sent: {missing}"
    # AWS demands host and every x-amz- field among them.
    unsigned = [n for n in fields if (n == "host" or n.startswith("x-amz-")) and n not in signed]
    if unsigned:
        return f"Fields that must be signed are not: {unsigned}"
    declared = fields.get("x-amz-content-sha256")
    if declared not in (None, hashlib.sha256(body).hexdigest()):
        return "x-amz-content-sha256 is not the body's"
    token = fields.get("x-amz-security-token")
    return f"Unknown session token {token!r}" if token not in (None, SESSION_TOKEN) else None


def _signature(
    method: str, target: str, signed: list[str], fields: dict[str, str], body: bytes, region: str
) -> str:
    request = AWSRequest(method=method, url=f"http://{fields['host']}{target}", data=body)
    for name in signed:
        request.headers[name] = fields[name]
    request.context["timestamp"] = fields["x-amz-date"]
    auth = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), SERVICE, region)
    canonical = auth.canonical_request(request)
    return auth.signature(auth.string_to_sign(request, canonical), request)
