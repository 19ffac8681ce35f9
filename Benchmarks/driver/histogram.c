#include "histogram.h"

// Values below 64 have a bucket each. Above, the bucket is the position of the highest bit and the six bits behind it.
static unsigned bucket_of(uint64_t value) {
    if (value < (1u << HISTOGRAM_SUB_BITS)) return (unsigned)value;
    const unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
    return ((shift + 1) << HISTOGRAM_SUB_BITS) + (unsigned)(value >> shift) - (1u << HISTOGRAM_SUB_BITS);
}

static uint64_t highest_of(unsigned bucket) {
    if (bucket < (1u << HISTOGRAM_SUB_BITS)) return bucket;
    const unsigned shift = (bucket >> HISTOGRAM_SUB_BITS) - 1;
    const uint64_t low = (uint64_t)((bucket & ((1u << HISTOGRAM_SUB_BITS) - 1)) + (1u << HISTOGRAM_SUB_BITS)) << shift;
    return low + ((uint64_t)1 << shift) - 1;
}

void histogram_record(struct histogram *histogram, uint64_t value) {
    histogram->counts[bucket_of(value)]++;
    histogram->total++;
    if (value > histogram->max) histogram->max = value;
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile) {
    const double wanted = quantile * (double)histogram->total;
    uint64_t seen = 0;
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (histogram->counts[bucket] > 0 && (double)seen >= wanted) {
            const uint64_t highest = highest_of(bucket);
            return highest < histogram->max ? highest : histogram->max;
        }
    }
    return histogram->max;
}
