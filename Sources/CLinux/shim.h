/* Linux calls that Swift's Glibc module does not carry, or carries only as variadic functions or macros. */
#pragma once
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* glibc declares accept4 and pthread_setname_np only under _GNU_SOURCE, which would make this module's view of other
   structures differ from that of Swift's Glibc module. */
/* SOCK_CLOEXEC only, so the accepted descriptor stays blocking as libfcgi expects. */
extern int pthread_setname_np(pthread_t, const char *);
static inline void brook_name_thread(pthread_t thread, const char *name) { (void)pthread_setname_np(thread, name); }

extern int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int brook_accept_cloexec(int listener) { return accept4(listener, (struct sockaddr *)0, (socklen_t *)0, SOCK_CLOEXEC); }

/* epoll_event's union, and constants that Swift imports as other types than the calls take. */
static inline uint64_t brook_epoll_tag(struct epoll_event event) { return event.data.u64; }
static inline int brook_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int brook_eventfd(int semaphore) { return eventfd(0, EFD_CLOEXEC | (semaphore ? EFD_SEMAPHORE : EFD_NONBLOCK)); }
static inline int brook_signalfd(const sigset_t *set) { return signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK); }
static inline int brook_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return epoll_ctl(epoll, operation, fd, &event);
}

static inline int brook_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL, 0);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* Whether the descriptor is a socket that listens. */
static inline int brook_is_listening(int fd) {
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

/* Bytes that an unprivileged process may still write in the file system of `path`, or -1. */
static inline int64_t brook_free_space(const char *path) {
    struct statvfs system;
    return statvfs(path, &system) == 0 ? (int64_t)system.f_bavail * (int64_t)system.f_frsize : -1;
}

/* Swift sees the name as a tuple of 256 bytes. */
static inline const char *brook_entry_name(const struct dirent *entry) { return entry->d_name; }

/* Permission bits of a file, or -1. */
static inline int brook_file_mode(const char *path) {
    struct stat file;
    return stat(path, &file) == 0 ? (int)(file.st_mode & 07777) : -1;
}

/* Whether a file is a socket; -1 when there is none. */
static inline int brook_is_socket(const char *path) {
    struct stat file;
    return stat(path, &file) == 0 ? S_ISSOCK(file.st_mode) : -1;
}

/* Whether something keeps the system's clock in time (adjtimex(2)): 1, 0, or -1 where that cannot be told. */
extern int adjtimex(struct timex *);
static inline int brook_clock_is_synchronized(void) {
    struct timex state = {.modes = 0};
    int status = adjtimex(&state);
    if (status < 0) return -1;
    return status != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

static inline int brook_errno(void) { return errno; }

/* open(2) is variadic. */
static inline int brook_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

/* Nanoseconds of CLOCK_MONOTONIC. */
static inline uint64_t brook_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Nanoseconds since the Unix epoch, CLOCK_REALTIME. */
static inline int64_t brook_realtime_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000ll + (int64_t)t.tv_nsec;
}

/* Raises the soft descriptor limit to the hard one; returns the limit in force, or -1. */
static inline long brook_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    return (long)limit.rlim_cur;
}

/* Locks on one byte of a file, owned by the open file description, hence gone with the process that holds it, however it
   dies. fcntl(2) is variadic, and glibc declares these commands only under _GNU_SOURCE. */
#ifndef F_OFD_SETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif
static inline int brook_lock_byte(int fd, off_t offset) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &lock);
}
/* 1 when another open file description holds the byte, 0 when none does, -1 on failure. */
static inline int brook_byte_is_locked(int fd, off_t offset) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
    if (fcntl(fd, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

/* Several writes in one system call (io_submit(2)). On a descriptor that is no file with O_DIRECT each is done before the call
   returns, and its outcome waits to be fetched. glibc has no wrappers. */
extern long syscall(long, ...);
static inline int brook_aio_setup(unsigned capacity, aio_context_t *context) {
    return (int)syscall(SYS_io_setup, (unsigned long)capacity, context);
}
static inline struct iocb brook_aio_write(int fd, const void *bytes, size_t count, uint64_t tag) {
    return (struct iocb){.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = (uint32_t)fd, .aio_buf = (uint64_t)(uintptr_t)bytes,
                         .aio_nbytes = count, .aio_data = tag};
}
static inline long brook_aio_submit(aio_context_t context, long count, struct iocb **writes) {
    return syscall(SYS_io_submit, context, count, writes);
}
static inline long brook_aio_fetch(aio_context_t context, long count, struct io_event *outcomes) {
    return syscall(SYS_io_getevents, context, count, count, outcomes, (struct timespec *)0);
}

/* Gives free memory of the heap back to the system. */
static inline void brook_trim_heap(void) { malloc_trim(0); }

/* A mutex in memory that processes share. A process that dies while it holds the mutex does not lock the others out:
   the kernel marks it, and the next who locks it carries on (pthread_mutexattr_setrobust(3)). */
static inline int brook_shared_mutex_init(void *place) {
    pthread_mutexattr_t attributes;
    int code = pthread_mutexattr_init(&attributes);
    if (code == 0) code = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (code == 0) code = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (code == 0) code = pthread_mutex_init((pthread_mutex_t *)place, &attributes);
    return code;
}
/* 0, or the number of the error. */
static inline int brook_shared_mutex_lock(void *place) {
    int code = pthread_mutex_lock((pthread_mutex_t *)place);
    return code == EOWNERDEAD ? pthread_mutex_consistent((pthread_mutex_t *)place) : code;
}
static inline void brook_shared_mutex_unlock(void *place) { pthread_mutex_unlock((pthread_mutex_t *)place); }

/* glibc declares it only under _GNU_SOURCE. */
#ifndef SCHED_BATCH
#define SCHED_BATCH 3
#endif
/* Has the calling thread leave the processor to others that wait for it, instead of taking it when it is woken
   (sched(7), SCHED_BATCH). Any thread may choose this. */
static inline void brook_yield_processor_when_woken(void) {
    struct sched_param parameters = {.sched_priority = 0};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &parameters);
}
