// Counts of durations in buckets that grow with the value: 64 a power of two, so a quantile is off by less than 1.6 %
// at any size, and recording costs the same however many values there are.
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_SUB_BITS = 6, HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS };

struct histogram {
    uint64_t total;
    uint64_t max;
    uint64_t counts[HISTOGRAM_BUCKETS];
};

void histogram_record(struct histogram *histogram, uint64_t value);

// The value that a share of `quantile` (0 to 1) of the values does not exceed; 0 without values.
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
