#include "answers.h"
#include "answers_text.h"

static const char chunk_start[] =
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
    "\"model\":\"bench\",\"system_fingerprint\":\"fp_bench\",\"choices\":";

static void append_usage(struct bytes *out, const struct script *script) {
    bytes_format(
        out, "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%u,\"total_tokens\":%u}", ANSWERS_PROMPT_TOKENS,
        script->chunks, ANSWERS_PROMPT_TOKENS + script->chunks);
}

static void append_role(struct bytes *out) {
    bytes_format(
        out, "%s[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],"
        "\"usage\":null}\n\n", chunk_start);
}

static void append_delta(struct bytes *out, const char *text) {
    bytes_format(
        out, "%s[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}],\"usage\":null}\n\n", chunk_start,
        text);
}

// The usage chunk always comes, as if `stream_options.include_usage` had been asked for: Brook always asks.
static void append_end(struct bytes *out, const struct script *script) {
    bytes_format(
        out, "%s[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n%s[],", chunk_start,
        chunk_start);
    append_usage(out, script);
    bytes_format(out, "}\n\ndata: [DONE]\n\n");
}

static void build_whole(const struct script *script, const char *text, struct bytes *out) {
    struct bytes body = {0};
    bytes_format(
        &body, "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"bench\","
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
    for (uint32_t i = 0; i < script->chunks; i++) bytes_format(&body, "%s", text);
    bytes_format(&body, "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],");
    append_usage(&body, script);
    bytes_format(&body, "}");
    answers_append_whole(out, "x-request-id", &body);
}

void answers_build_openai(const struct script *script, struct script_answer *answer) {
    struct bytes text = answers_chunk_text(script), payload = {0};
    const char *words = (const char *)text.data;
    build_whole(script, words, &answer->whole);

    append_delta(&payload, words);
    answers_flush_chunk(&answer->middle, &payload);

    append_delta(&payload, words);
    append_end(&payload, script);
    answers_flush_chunk(&answer->closing, &payload);
    bytes_format(&answer->closing, "0\r\n\r\n");

    bytes_format(
        &answer->opening, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        "x-request-id: bench-0001\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n");
    append_role(&payload);
    append_delta(&payload, words);
    if (script->chunks == 1) append_end(&payload, script);
    answers_flush_chunk(&answer->opening, &payload);
    if (script->chunks == 1) bytes_format(&answer->opening, "0\r\n\r\n");
    bytes_free(&text);
}
