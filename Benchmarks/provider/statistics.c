#include "statistics.h"

#include <inttypes.h>
#include <stdio.h>

struct statistics statistics;

void statistics_stream_opened(void) {
    statistics.streams_open++;
    if (statistics.streams_open > statistics.streams_open_peak) statistics.streams_open_peak = statistics.streams_open;
}

void statistics_write(char *json, size_t capacity) {
    snprintf(
        json, capacity,
        "{\"connections\":%" PRIu64 ",\"requests\":%" PRIu64 ",\"chunks\":%" PRIu64 ",\"streams_open\":%" PRIu64
        ",\"streams_open_peak\":%" PRIu64 ",\"streams_complete\":%" PRIu64 ",\"streams_abandoned\":%" PRIu64 "}",
        statistics.connections, statistics.requests, statistics.chunks, statistics.streams_open,
        statistics.streams_open_peak, statistics.streams_complete, statistics.streams_abandoned);
}
