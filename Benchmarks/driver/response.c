#include "response.h"

#include "../common/http_head.h"

#include <string.h>

void response_reset(struct response *response) {
    response->phase = RESPONSE_HEAD;
    response->status = 0;
    response->closes = false;
    response->until_close = false;
    response->left = 0;
    response->line_length = 0;
    response->head_length = 0;
}

static void begin_body(struct response *response, const struct http_head *head) {
    response->status = http_head_status(head);
    response->closes = head->close;
    if (response->status == 0) {
        response->phase = RESPONSE_BROKEN;
    } else if (head->chunked) {
        response->phase = RESPONSE_CHUNK_SIZE;
    } else if (head->content_length == 0 || response->status == 204 || response->status == 304) {
        response->phase = RESPONSE_COMPLETE;
    } else {
        response->phase = RESPONSE_BODY;
        response->until_close = head->content_length < 0;
        response->left = response->until_close ? UINT64_MAX : (uint64_t)head->content_length;
    }
}

// Parses in place when the whole head is in this piece, which is nearly always; else collects it first.
static size_t feed_head(struct response *response, const char *data, size_t count) {
    struct http_head head;
    size_t length = 0;
    enum http_head_result result = HTTP_HEAD_INCOMPLETE;
    size_t used = count;
    if (response->head_length == 0) {
        result = http_head_parse(data, count, &head, &length);
        if (result == HTTP_HEAD_COMPLETE) used = length;
    }
    if (result == HTTP_HEAD_INCOMPLETE) {
        const size_t before = response->head_length, room = sizeof response->head - before;
        const size_t taken = count < room ? count : room;
        memcpy(response->head + before, data, taken);
        response->head_length += taken;
        result = http_head_parse(response->head, response->head_length, &head, &length);
        if (result == HTTP_HEAD_COMPLETE) used = length - before;
        if (result == HTTP_HEAD_INCOMPLETE && taken == room) result = HTTP_HEAD_BROKEN;
    }
    if (result == HTTP_HEAD_BROKEN) response->phase = RESPONSE_BROKEN;
    if (result == HTTP_HEAD_COMPLETE) {
        begin_body(response, &head);
        if (response->status == 100) response_reset(response);  // an interim response; the real one follows
    }
    return used;
}

static size_t feed_data(
    struct response *response, const char *data, size_t count, response_body body, void *context) {
    const size_t taken = response->left < count ? (size_t)response->left : count;
    if (body != NULL) body(context, data, taken);
    if (!response->until_close) response->left -= taken;
    if (response->left == 0) {
        response->phase = response->phase == RESPONSE_BODY ? RESPONSE_COMPLETE : RESPONSE_CHUNK_DATA_END;
    }
    return taken;
}

static int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// One byte of the framing between chunks: size line, CRLF behind the data, trailer.
static void feed_framing(struct response *response, char byte) {
    if (byte == '\r') return;
    if (response->phase == RESPONSE_CHUNK_SIZE && byte != '\n') {
        const int digit = hex_value(byte);
        // Extensions behind the size are allowed by the RFC; nobody on this path sends any.
        if (digit < 0 || response->line_length == 15) {
            response->phase = RESPONSE_BROKEN;
            return;
        }
        response->left = response->left << 4 | (uint64_t)digit;
        response->line_length++;
    } else if (response->phase == RESPONSE_CHUNK_SIZE) {
        const bool empty = response->line_length == 0;
        response->line_length = 0;
        response->phase = empty ? RESPONSE_BROKEN : response->left > 0 ? RESPONSE_CHUNK_DATA : RESPONSE_TRAILER;
    } else if (response->phase == RESPONSE_CHUNK_DATA_END) {
        response->phase = byte == '\n' ? RESPONSE_CHUNK_SIZE : RESPONSE_BROKEN;
    } else if (byte != '\n') {
        response->line_length++;
    } else if (response->line_length == 0) {
        response->phase = RESPONSE_COMPLETE;
    } else {
        response->line_length = 0;
    }
}

size_t response_feed(struct response *response, const char *data, size_t count, response_body body, void *context) {
    size_t used = 0;
    while (used < count && response->phase != RESPONSE_COMPLETE && response->phase != RESPONSE_BROKEN) {
        switch (response->phase) {
        case RESPONSE_HEAD: used += feed_head(response, data + used, count - used); break;
        case RESPONSE_BODY:
        case RESPONSE_CHUNK_DATA: used += feed_data(response, data + used, count - used, body, context); break;
        default: feed_framing(response, data[used++]); break;
        }
    }
    return used;
}

void response_end(struct response *response) {
    if (response->phase == RESPONSE_COMPLETE) return;
    response->phase =
        response->phase == RESPONSE_BODY && response->until_close ? RESPONSE_COMPLETE : RESPONSE_BROKEN;
}
