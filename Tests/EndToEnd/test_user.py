"""What users see of their own, and that they see nothing of others."""

from __future__ import annotations

import httpx

import reference_bodies as samples


def test_the_reference_s_user_requests_work_unchanged(make_instance):
    instance = make_instance(workers=1)
    admin = instance.admin
    key = admin.create_key(group_id=1)
    headers = {"Authorization": f"Bearer {key['api_key']}"}
    body = {"model": "demo", "messages": [{"role": "user", "content": "hello there"}]}
    with httpx.Client(base_url=instance.url, headers=headers, timeout=15) as http:
        assert http.post("/v1/chat/completions", json=body, headers={"Session-Id": "s-1"}).status_code == 200

        def data(path: str):
            answer = http.get(path)
            assert answer.status_code == 200, answer.text
            return answer.json()["data"]

        (session,) = data(samples.MY_SESSIONS)["items"]
        assert (session["id"], session["key"], session["title"]) == (1, "s-1", "hello there")
        assert data(samples.MY_SESSION) == session == data("/user/session/detail?id=1")
        (thread,) = data(samples.MY_THREADS)["items"]
        detail = data(samples.MY_THREAD)
        assert detail == data("/user/thread/detail?id=1")
        assert detail.pop("whole_prompt") == [{"role": "user", "content": "hello there"}]
        assert (detail.pop("images"), detail.pop("price_image")) == (0, None)
        assert detail == thread and thread["completion"] == "hello there"
        assert data("/user/api-key/mine")["month_fee"] == session["total_fee"] > 0
        (model,) = data("/user/model/list")["items"]
        assert model["name"] == "demo" and "config" not in model
        (usage,) = data("/user/statistics/usage")["items"]
        assert usage["calls"] == 1

    for other in (admin.create_key(group_id=1)["api_key"], instance.admin_key):
        with httpx.Client(base_url=instance.url, headers={"Authorization": f"Bearer {other}"}) as http:
            for path in (samples.MY_SESSION, samples.MY_THREAD, "/user/thread/detail?id=1"):
                assert http.get(path).status_code == 404
            for path in (samples.MY_SESSIONS, samples.MY_THREADS + "1", f"{samples.MY_THREADS}&key_id={key['id']}"):
                assert http.get(path).json()["data"]["items"] == []
    assert admin.get("/admin/thread/detail/1")["whole_prompt"] and admin.get("/admin/session/detail/1") == session


def test_a_user_s_key_reaches_no_admin_route_and_no_key_reaches_nothing(instance):
    key = instance.admin.create_key()["api_key"]
    for path in (
        *("/admin/api-key/list", "/admin/payment/list", "/admin/thread/export", "/admin/statistics/total"),
        *("/admin/audit/list", "/admin/bot/feishu/list", "/admin/session/detail/1", "/admin/thread/detail/1"),
    ):
        answer = httpx.get(f"{instance.url}{path}", headers={"x-api-key": key})
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "admin_required"
        assert httpx.get(f"{instance.url}{path}").status_code == 401
    for path in ("/user/session/list", "/user/api-key/mine", "/user/model/list"):
        assert httpx.get(f"{instance.url}{path}").status_code == 401
