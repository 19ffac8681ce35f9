// The three kinds of load; each runs to its end and prints its result.
#ifndef BENCH_MODES_H
#define BENCH_MODES_H

#include "options.h"

void mode_rps(const struct options *options);
void mode_stream(const struct options *options);
void mode_stall(const struct options *options);

#endif
