// The driver's command line.
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { MODE_RPS, MODE_STREAM, MODE_STALL };
enum framing { FRAMING_SSE, FRAMING_EVENT_STREAM };

struct options {
    enum mode mode;
    struct sockaddr_in server;
    size_t connections;        // -c: in `stream`, all streams of the run
    uint64_t duration_ns;      // -d: measured time of `rps`, holding time of `stall`, limit for the whole of `stream`
    uint64_t warmup_ns;        // uncounted time before `rps`
    uint64_t ramp_ns;          // time over which `stream` and `stall` open their connections
    uint64_t measure_from_ns;  // `stream` counts times only from this moment on
    uint32_t expected_chunks;  // `stream`: fewer is a failure
    enum framing framing;
    bool with_text;        // human text besides the JSON line
    char *request;             // head and body, ready to be sent
    size_t request_length;
};

struct options options_parse(int count, char **values);

#endif
