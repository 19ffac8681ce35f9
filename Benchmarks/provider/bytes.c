#include "bytes.h"

#include "../common/process.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct bytes *out, size_t extra) {
    if (out->count + extra <= out->capacity) return;
    size_t capacity = out->capacity == 0 ? 256 : out->capacity;
    while (capacity < out->count + extra) capacity *= 2;
    out->data = realloc(out->data, capacity);
    if (out->data == NULL) process_fail("realloc");
    out->capacity = capacity;
}

void bytes_append(struct bytes *out, const void *data, size_t count) {
    if (count == 0) return;
    reserve(out, count);
    memcpy(out->data + out->count, data, count);
    out->count += count;
}

void bytes_format(struct bytes *out, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) process_fail("vsnprintf");
    reserve(out, (size_t)length + 1);
    vsnprintf((char *)out->data + out->count, (size_t)length + 1, format, again);
    va_end(again);
    out->count += (size_t)length;
}

void bytes_free(struct bytes *buffer) {
    free(buffer->data);
    *buffer = (struct bytes){0};
}

void bytes_append_chunk(struct bytes *out, const struct bytes *part) {
    bytes_format(out, "%zx\r\n", part->count);
    bytes_append(out, part->data, part->count);
    bytes_append(out, "\r\n", 2);
}
