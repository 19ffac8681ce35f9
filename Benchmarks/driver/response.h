// Reads one HTTP/1.1 response from pieces of any size: head, then a body that ends by length, by chunked transfer
// coding or with the connection. The body is handed on as it comes, never kept.
#ifndef BENCH_RESPONSE_H
#define BENCH_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESPONSE_HEAD_CAPACITY = 2048 };

enum response_phase {
    RESPONSE_HEAD,
    RESPONSE_BODY,            // `left` bytes of it to come
    RESPONSE_CHUNK_SIZE,
    RESPONSE_CHUNK_DATA,      // `left` bytes of the chunk to come
    RESPONSE_CHUNK_DATA_END,  // its CRLF
    RESPONSE_TRAILER,
    RESPONSE_COMPLETE,
    RESPONSE_BROKEN,
};

struct response {
    enum response_phase phase;
    int status;
    bool closes;      // the server will close the connection behind this response
    bool until_close;  // the body ends with the connection
    uint64_t left;
    size_t line_length;  // of the chunk size or trailer line being read
    size_t head_length;
    char head[RESPONSE_HEAD_CAPACITY];
};

typedef void (*response_body)(void *context, const char *data, size_t count);

void response_reset(struct response *response);

// Takes in bytes until the response is complete; returns how many it used. `body` may be NULL.
size_t response_feed(struct response *response, const char *data, size_t count, response_body body, void *context);

// The connection has ended: completes a body that ends so, breaks any other response.
void response_end(struct response *response);

#endif
