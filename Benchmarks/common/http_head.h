// The head of an HTTP/1.1 request or response: only what decides where the message ends and what it asks for.
#ifndef BENCH_HTTP_HEAD_H
#define BENCH_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_head {
    const char *first_line;  // inside the caller's buffer, without its CRLF
    size_t first_line_length;
    int64_t content_length;  // -1: not given
    bool chunked;
    bool close;
    bool expects_continue;
};

enum http_head_result { HTTP_HEAD_INCOMPLETE, HTTP_HEAD_COMPLETE, HTTP_HEAD_BROKEN };

// Parses `bytes`; on COMPLETE `*length` is the size of the head including its empty line.
enum http_head_result http_head_parse(const char *bytes, size_t count, struct http_head *head, size_t *length);

// The status of a response's first line, or 0 when it is not one.
int http_head_status(const struct http_head *head);

#endif
