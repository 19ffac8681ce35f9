// What became of the requests, by status, and its part of the JSON line.
#ifndef BENCH_TALLY_H
#define BENCH_TALLY_H

#include "histogram.h"

#include <stdint.h>

struct tally {
    uint64_t answered;
    uint64_t by_status[600];
    uint64_t transport_errors;  // refused, reset, cut or malformed
};

void tally_status(struct tally *tally, int status);

// Answers other than 200, and transport errors.
uint64_t tally_errors(const struct tally *tally);

// "statuses":{"200":12,"503":1,"transport":2}, without zeros.
void tally_print_statuses(const struct tally *tally);

// Four quantiles in microseconds, as members of a JSON object under `name`.
void tally_print_times(const char *name, const struct histogram *times);

// Two of them for people: "name p50 0.21 ms, p99 1.90 ms".
void tally_print_text(const char *name, const struct histogram *times);

#endif
