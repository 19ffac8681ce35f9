#include "http_head.h"

#include <string.h>
#include <strings.h>

// True when the comma-separated field value holds `token`: "Connection: keep-alive, close" must count as close.
static bool has_token(const char *value, size_t length, const char *token) {
    size_t token_length = strlen(token);
    while (length > 0) {
        const char *comma = memchr(value, ',', length);
        size_t item_length = comma != NULL ? (size_t)(comma - value) : length;
        const char *item = value;
        size_t rest = item_length;
        while (rest > 0 && (*item == ' ' || *item == '\t')) item++, rest--;
        while (rest > 0 && (item[rest - 1] == ' ' || item[rest - 1] == '\t')) rest--;
        if (rest == token_length && strncasecmp(item, token, rest) == 0) return true;
        if (comma == NULL) return false;
        value = comma + 1;
        length -= item_length + 1;
    }
    return false;
}

// Digits only: RFC 9110 section 8.6 allows nothing else, and a length read wrongly desynchronises the connection.
static int64_t parse_length(const char *value, size_t length) {
    int64_t result = 0;
    if (length == 0) return -1;
    for (size_t i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > '9' || result > INT64_MAX / 10 - 1) return -1;
        result = result * 10 + (value[i] - '0');
    }
    return result;
}

static bool is_field(const char *line, size_t name_length, const char *name) {
    return strlen(name) == name_length && strncasecmp(line, name, name_length) == 0;
}

static bool parse_field(const char *line, size_t length, struct http_head *head) {
    const char *colon = memchr(line, ':', length);
    if (colon == NULL) return false;
    size_t name_length = (size_t)(colon - line);
    const char *value = colon + 1;
    size_t value_length = length - name_length - 1;
    while (value_length > 0 && (*value == ' ' || *value == '\t')) value++, value_length--;
    while (value_length > 0 && (value[value_length - 1] == ' ' || value[value_length - 1] == '\t')) value_length--;

    // Four names matter; their lengths differ from those of nearly all other fields, so most lines cost one compare.
    if (is_field(line, name_length, "content-length")) {
        head->content_length = parse_length(value, value_length);
        return head->content_length >= 0;
    }
    if (is_field(line, name_length, "transfer-encoding")) {
        head->chunked = has_token(value, value_length, "chunked");
    } else if (is_field(line, name_length, "connection")) {
        head->close = has_token(value, value_length, "close");
    } else if (is_field(line, name_length, "expect")) {
        head->expects_continue = has_token(value, value_length, "100-continue");
    }
    return true;
}

enum http_head_result http_head_parse(const char *bytes, size_t count, struct http_head *head, size_t *length) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (end == NULL) return HTTP_HEAD_INCOMPLETE;
    *length = (size_t)(end - bytes) + 4;
    const char *line_end = memmem(bytes, *length, "\r\n", 2);
    *head = (struct http_head){
        .first_line = bytes, .first_line_length = (size_t)(line_end - bytes), .content_length = -1};

    for (const char *line = line_end + 2; line < end + 2; line = line_end + 2) {
        line_end = memmem(line, (size_t)(end + 4 - line), "\r\n", 2);
        if (!parse_field(line, (size_t)(line_end - line), head)) return HTTP_HEAD_BROKEN;
    }
    return HTTP_HEAD_COMPLETE;
}

int http_head_status(const struct http_head *head) {
    const char *line = head->first_line;
    if (head->first_line_length < 12 || memcmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ') return 0;
    int status = 0;
    for (int i = 9; i < 12; i++) {
        if (line[i] < '0' || line[i] > '9') return 0;
        status = status * 10 + (line[i] - '0');
    }
    return status;
}
