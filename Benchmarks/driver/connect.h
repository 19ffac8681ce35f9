// Opening connections, and sending the one request that a run is made of.
#ifndef BENCH_CONNECT_H
#define BENCH_CONNECT_H

#include "options.h"

// A non-blocking socket on its way to the server; -1 with errno when it was refused at once. `receive_buffer` limits
// the kernel's buffer for clients that are not going to read; 0 leaves it alone.
int connect_start(const struct options *options, int receive_buffer);

enum send_result { SEND_DONE, SEND_AGAIN, SEND_FAILED };

// Goes on sending the request from `*offset`.
enum send_result send_request(const struct options *options, int socket, size_t *offset);

#endif
