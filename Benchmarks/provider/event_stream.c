#include "event_stream.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// CRC-32 of ISO 3309 (reflected polynomial 0xEDB88320), which the framing uses for prelude and message. Bit by bit:
// frames are built once at start, so speed does not matter here.
static uint32_t crc32(const unsigned char *data, size_t count) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < count; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static void append_u32(struct bytes *out, uint32_t value) {
    const unsigned char big_endian[4] = {value >> 24 & 0xFF, value >> 16 & 0xFF, value >> 8 & 0xFF, value & 0xFF};
    bytes_append(out, big_endian, sizeof big_endian);
}

// A header is: length of the name (1 byte), name, type 7 (string), length of the value (2 bytes), value.
static void append_string_header(struct bytes *out, const char *name, const char *value) {
    const unsigned char name_length = (unsigned char)strlen(name);
    const size_t value_length = strlen(value);
    const unsigned char type_and_length[3] = {7, value_length >> 8 & 0xFF, value_length & 0xFF};
    bytes_append(out, &name_length, 1);
    bytes_append(out, name, name_length);
    bytes_append(out, type_and_length, sizeof type_and_length);
    bytes_append(out, value, value_length);
}

void event_stream_append(struct bytes *out, const char *event_type, const char *payload) {
    struct bytes headers = {0};
    append_string_header(&headers, ":event-type", event_type);
    append_string_header(&headers, ":content-type", "application/json");
    append_string_header(&headers, ":message-type", "event");

    const size_t start = out->count;
    const size_t payload_length = strlen(payload);
    append_u32(out, (uint32_t)(12 + headers.count + payload_length + 4));
    append_u32(out, (uint32_t)headers.count);
    append_u32(out, crc32(out->data + start, 8));
    bytes_append(out, headers.data, headers.count);
    bytes_append(out, payload, payload_length);
    append_u32(out, crc32(out->data + start, out->count - start));
    bytes_free(&headers);
}
