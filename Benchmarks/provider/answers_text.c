#include "answers_text.h"

struct bytes answers_chunk_text(const struct script *script) {
    static const char words[] = " token";
    struct bytes text = {0};
    for (uint32_t i = 0; i < script->text_bytes; i++) bytes_append(&text, &words[i % (sizeof words - 1)], 1);
    bytes_append(&text, "", 1);
    return text;
}

void answers_append_whole(struct bytes *out, const char *request_id_field, struct bytes *body) {
    bytes_format(
        out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s: bench-0001\r\nContent-Length: %zu\r\n\r\n",
        request_id_field, body->count);
    bytes_append(out, body->data, body->count);
    bytes_free(body);
}

void answers_flush_chunk(struct bytes *out, struct bytes *payload) {
    // A chunk of no bytes would end the transfer coding.
    if (payload->count > 0) bytes_append_chunk(out, payload);
    bytes_free(payload);
}
