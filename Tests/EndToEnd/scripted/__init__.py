"""A Bedrock and an OpenAI-compatible provider that do what a test tells them to.

One asyncio program with three listeners: Bedrock's runtime API, OpenAI's chat completions, and control. What a call
gets is decided by the model it asks for: a test registers a script under a model id of its own, so tests do not meet.
"""
