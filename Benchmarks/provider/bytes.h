// A growing byte buffer, used while answers are built; the hot path only reads from it.
#ifndef BENCH_BYTES_H
#define BENCH_BYTES_H

#include <stddef.h>

struct bytes {
    unsigned char *data;
    size_t count;
    size_t capacity;
};

void bytes_append(struct bytes *out, const void *data, size_t count);
void bytes_format(struct bytes *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bytes_free(struct bytes *buffer);

// Appends `part` as one chunk of HTTP's chunked transfer coding (RFC 9112 section 7.1).
void bytes_append_chunk(struct bytes *out, const struct bytes *part);

#endif
