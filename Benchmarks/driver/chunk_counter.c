#include "chunk_counter.h"

#include <string.h>

static bool starts_with(const struct chunk_counter *counter, const char *text) {
    const size_t length = strlen(text);
    return counter->line_length >= length && memcmp(counter->line, text, length) == 0;
}

static void finish_line(struct chunk_counter *counter) {
    if (starts_with(counter, "data: [DONE]")) {
        counter->done = true;
    } else if (starts_with(counter, "data:")) {
        counter->chunks++;
        counter->done = false;
        if (starts_with(counter, "data: {\"error\"")) counter->failed = true;
    } else if (starts_with(counter, "event: error")) {
        counter->failed = true;
    }
    counter->line_length = 0;
}

static void feed_lines(struct chunk_counter *counter, const char *data, size_t count) {
    while (count > 0) {
        const char *newline = memchr(data, '\n', count);
        const size_t length = newline != NULL ? (size_t)(newline - data) : count;
        const size_t room = sizeof counter->line - counter->line_length;
        const size_t kept = length < room ? length : room;
        memcpy(counter->line + counter->line_length, data, kept);
        counter->line_length += (uint32_t)kept;
        if (newline == NULL) return;
        finish_line(counter);
        data += length + 1;
        count -= length + 1;
    }
}

// A message begins with its whole length as four bytes, high byte first; 16 bytes is the shortest that there can be.
static void feed_frames(struct chunk_counter *counter, const char *data, size_t count) {
    while (count > 0 && !counter->failed) {
        if (counter->prefix < 4) {
            counter->frame_left = counter->frame_left << 8 | (unsigned char)*data;
            counter->prefix++, data++, count--;
            counter->done = false;
            if (counter->prefix < 4) continue;
            if (counter->frame_left < 16) counter->failed = true;
            counter->frame_left -= 4;
            continue;
        }
        const size_t taken = counter->frame_left < count ? counter->frame_left : count;
        data += taken;
        count -= taken;
        counter->frame_left -= (uint32_t)taken;
        if (counter->frame_left > 0) return;
        counter->chunks++;
        counter->prefix = 0;
        counter->done = true;
    }
}

void chunk_counter_feed(struct chunk_counter *counter, const char *data, size_t count) {
    if (counter->framing == FRAMING_SSE) {
        feed_lines(counter, data, count);
    } else {
        feed_frames(counter, data, count);
    }
}
