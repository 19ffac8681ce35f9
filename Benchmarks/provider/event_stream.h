// AWS's event-stream framing (vnd.amazon.eventstream), the encoding side only.
#ifndef BENCH_EVENT_STREAM_H
#define BENCH_EVENT_STREAM_H

#include "bytes.h"

// Appends one message of type `event`: prelude with its CRC, three string headers, the JSON payload and the message
// CRC.
void event_stream_append(struct bytes *out, const char *event_type, const char *payload);

#endif
