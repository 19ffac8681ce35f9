#include "answers.h"
#include "answers_text.h"
#include "event_stream.h"

static void append_usage(struct bytes *out, const struct script *script) {
    bytes_format(
        out, "\"usage\":{\"inputTokens\":%d,\"outputTokens\":%u,\"totalTokens\":%u}", ANSWERS_PROMPT_TOKENS,
        script->chunks, ANSWERS_PROMPT_TOKENS + script->chunks);
}

static void append_event(struct bytes *out, const char *type, struct bytes *payload) {
    bytes_append(payload, "", 1);
    event_stream_append(out, type, (const char *)payload->data);
    bytes_free(payload);
}

// `p` is the padding that the service adds so that the size of a frame does not give its text away; a decoder has to
// carry it along, so it belongs into what is measured.
static void append_delta(struct bytes *out, const char *text) {
    struct bytes payload = {0};
    bytes_format(
        &payload, "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"%s\"},\"p\":\"abcdefghijklmnopqrstuvw\"}", text);
    append_event(out, "contentBlockDelta", &payload);
}

static void append_end(struct bytes *out, const struct script *script) {
    struct bytes payload = {0};
    event_stream_append(out, "contentBlockStop", "{\"contentBlockIndex\":0,\"p\":\"abcdefghijk\"}");
    event_stream_append(out, "messageStop", "{\"p\":\"abcdefghijklmnop\",\"stopReason\":\"end_turn\"}");
    bytes_format(&payload, "{\"metrics\":{\"latencyMs\":1},\"p\":\"abcdefgh\",");
    append_usage(&payload, script);
    bytes_format(&payload, "}");
    append_event(out, "metadata", &payload);
}

static void build_whole(const struct script *script, const char *text, struct bytes *out) {
    struct bytes body = {0};
    bytes_format(&body, "{\"metrics\":{\"latencyMs\":1},\"output\":{\"message\":{\"content\":[{\"text\":\"");
    for (uint32_t i = 0; i < script->chunks; i++) bytes_format(&body, "%s", text);
    bytes_format(&body, "\"}],\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",");
    append_usage(&body, script);
    bytes_format(&body, "}");
    answers_append_whole(out, "x-amzn-RequestId", &body);
}

void answers_build_bedrock(const struct script *script, struct script_answer *answer) {
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
        &answer->opening, "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
        "x-amzn-RequestId: bench-0001\r\nTransfer-Encoding: chunked\r\n\r\n");
    event_stream_append(&payload, "messageStart", "{\"p\":\"abcdefghijklm\",\"role\":\"assistant\"}");
    append_delta(&payload, words);
    if (script->chunks == 1) append_end(&payload, script);
    answers_flush_chunk(&answer->opening, &payload);
    if (script->chunks == 1) bytes_format(&answer->opening, "0\r\n\r\n");
    bytes_free(&text);
}
