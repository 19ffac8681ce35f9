// What both programs do once at start, and how they end when they cannot go on.
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stddef.h>

// Prints "program: what: strerror(errno)" and ends with status 1.
_Noreturn void process_fail(const char *what);

// Prints "program: message" and ends with status 2: the caller's arguments are wrong.
_Noreturn void process_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Raises the soft descriptor limit to the hard one and returns it: thousands of connections need it, and the usual
// soft limit of 1,024 is meant for select().
size_t process_raise_descriptor_limit(void);

// Memory or the end of the program: a benchmark has no use for running on without it.
void *process_allocate(size_t count, size_t size);

// A whole number from the command line, within limits.
long process_number(const char *option, const char *text, long low, long high);

// A fraction of seconds from the command line, 0 to 86,400, as nanoseconds.
unsigned long long process_seconds_ns(const char *option, const char *text);

#endif
