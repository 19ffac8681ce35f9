#include "tally.h"

#include <inttypes.h>
#include <stdio.h>

void tally_status(struct tally *tally, int status) {
    tally->answered++;
    if (status >= 0 && status < 600) tally->by_status[status]++;
}

uint64_t tally_errors(const struct tally *tally) {
    return tally->answered - tally->by_status[200] + tally->transport_errors;
}

void tally_print_statuses(const struct tally *tally) {
    const char *separator = "";
    printf("\"statuses\":{");
    for (int status = 0; status < 600; status++) {
        if (tally->by_status[status] == 0) continue;
        printf("%s\"%d\":%" PRIu64, separator, status, tally->by_status[status]);
        separator = ",";
    }
    if (tally->transport_errors > 0) printf("%s\"transport\":%" PRIu64, separator, tally->transport_errors);
    printf("}");
}

void tally_print_times(const char *name, const struct histogram *times) {
    printf(
        "\"%s\":{\"count\":%" PRIu64 ",\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f}", name, times->total,
        (double)histogram_quantile(times, 0.5) / 1000, (double)histogram_quantile(times, 0.9) / 1000,
        (double)histogram_quantile(times, 0.99) / 1000, (double)times->max / 1000);
}

void tally_print_text(const char *name, const struct histogram *times) {
    printf(
        "%s p50 %.2f ms, p99 %.2f ms", name, (double)histogram_quantile(times, 0.5) / 1e6,
        (double)histogram_quantile(times, 0.99) / 1e6);
}
