"""The sample bodies of the API reference, letter for letter: tests send them so, and change only row numbers."""

COMPLETION = """{
  "model": "claude-3-sonnet",
  "messages": [
    {
      "role": "user",
      "content": "ping"
    }
  ],
  "stream": true,
  "temperature": 1,
  "max_tokens": 4096
}"""

APPLY_USER = """{
  "name": "jack",
  "group_id": 1,
  "role": "user",
  "email": "",
  "month_quota": 1.00
}"""

APPLY_ADMIN = """{
  "name": "rob",
  "group_id": 1,
  "role": "admin",
  "email": ""
}"""

UPDATE_KEY = """{
  "id": 2,
  "name": "jack",
  "month_quota": 10.00
}"""

RECHARGE = """{
  "api_key": "br-xxxxxxxxxxxxxxx",
  "balance": 0.23
}"""

DELETE = """{
  "id": 1
}"""

CREATE_MODEL = r"""{
  "name": "xxxx",
  "group_id": 1,
  "multiple": false,
  "config": "{\"modelId\": \"somevalue\"}",
  "provider": "bedrock-converse",
  "price_in": 1,
  "price_out":3
}"""

UPDATE_MODEL = r"""{
  "id": 1,
  "name": "xxxx",
  "group_id": 1,
  "multiple": false, 
  "config": "{\"modelId\": \"somevalue\"}", 
  "provider": "bedrock-converse",
  "price_in": 1,
  "price_out":3
}"""

KEY_LIST = "/admin/api-key/list?q=&name=&group_id=&role=&limit=10&offset="
MODEL_LIST = "/admin/model/list?q=&limit=10&offset="
GROUP_LIST = "/admin/group/list?q=&limit=10&offset="
SESSION_LIST = "/admin/session/list?q=&limit=10&offset=&key_id="
THREAD_LIST = "/admin/thread/list?q=&limit=10&offset=&key_id=&session_id="

CREATE_WEBHOOK = r"""{
  "name": "xxxx",
  "config": "{\"appId\": \"cli_xxxxx\", \"apiKey\": \"br-xxxxx\", \"modelId\": \"claude-3-sonnet\", \"appSecret\": \"xxxxx\" }",
  "provider": "bedrock-converse"
}"""

UPDATE_WEBHOOK = """{ 
  "appId": "cli_xxxxx", 
  "apiKey": "br-xxxxx", 
  "modelId": "claude-3-sonnet", 
  "appSecret": "xxxxx" 
}"""

PAYMENT_LIST = "/admin/payment/list?key_id="
WEBHOOK_LIST = "/admin/bot/feishu/list?q=&limit=10&offset="
MY_SESSIONS = "/user/session/list?q=&limit=10&offset="
MY_SESSION = "/user/session/detail/1"
MY_THREADS = "/user/thread/list?q=&limit=10&offset=&session_id="
MY_THREAD = "/user/thread/detail/1"
