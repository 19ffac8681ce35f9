/* Loaded before libc (LD_PRELOAD): the time of day is off by the nanoseconds that stand, as an int64, at the beginning of
 * the file $SHIFTED_CLOCK. The file is mapped, so a change is seen by all processes at their next look at the clock.
 *
 * Only CLOCK_REALTIME, as when a host's clock is set: the monotonic clocks stay the kernel's, and with them all deadlines
 * and timers. The environment is left as it is: Swift finds its arguments beside it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t *offset;

__attribute__((constructor)) static void map_offset(void)
{
    const char *path = getenv("SHIFTED_CLOCK");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED)
        abort(); /* better no clock than one that is believed to be shifted */
    offset = mapped;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result != 0 || offset == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return result;
    int64_t shifted = time->tv_sec * INT64_C(1000000000) + time->tv_nsec + __atomic_load_n(offset, __ATOMIC_RELAXED);
    time->tv_sec = shifted / INT64_C(1000000000);
    time->tv_nsec = shifted % INT64_C(1000000000);
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}
