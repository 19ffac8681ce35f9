// Counts the events of a streamed body, split anywhere: lines that begin with "data:" in Server-Sent Events, messages
// in AWS's event-stream.
#ifndef BENCH_CHUNK_COUNTER_H
#define BENCH_CHUNK_COUNTER_H

#include "options.h"

struct chunk_counter {
    enum framing framing;
    uint32_t chunks;
    bool done;     // "[DONE]" was seen and nothing behind it; an event-stream says it by ending its last message
    bool failed;   // an error event was seen
    uint32_t line_length;
    char line[32];       // the line's first bytes: enough to tell what it is
    uint32_t prefix;     // event-stream: bytes seen of the message's length
    uint32_t frame_left;  // event-stream: bytes to come of the message; while the prefix is read, the length so far
};

void chunk_counter_feed(struct chunk_counter *counter, const char *data, size_t count);

#endif
