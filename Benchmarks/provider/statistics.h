// What the provider has done since its start; GET /stats shows it.
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

struct statistics {
    uint64_t connections;
    uint64_t requests;
    uint64_t chunks;  // pieces of streams that the kernel took
    uint64_t streams_open;
    uint64_t streams_open_peak;
    uint64_t streams_complete;
    uint64_t streams_abandoned;  // by clients that went away
};

extern struct statistics statistics;

void statistics_stream_opened(void);

// Writes them as a JSON object.
void statistics_write(char *json, size_t capacity);

#endif
