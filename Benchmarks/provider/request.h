// What a request asks of the provider: read from its path, and from its body without parsing or keeping the body.
#ifndef BENCH_REQUEST_H
#define BENCH_REQUEST_H

#include "script.h"

#include <stdbool.h>
#include <stddef.h>

enum request_kind { REQUEST_UNKNOWN, REQUEST_STATISTICS, REQUEST_CHAT, REQUEST_CONVERSE };

struct request {
    enum request_kind kind;
    bool stream;
    size_t model_length;  // 0: not known yet
    char model[SCRIPT_NAME_LIMIT];
};

// Reads kind, and for Bedrock also model and stream, from a request line ("POST /path HTTP/1.1").
void request_read_line(struct request *request, const char *line, size_t length);

// Bytes that two consecutive calls of request_scan_body must share, so that no member is missed at the seam.
enum { REQUEST_SCAN_OVERLAP = 128 };

// Looks for the members "model" and "stream" of a chat completion in a part of its body. The names are found with their
// quotes, which inside of a JSON string would be escaped; so a prompt that speaks of a "model" does not match.
void request_scan_body(struct request *request, const char *body, size_t count);

#endif
