// Clients that send a request and never read: what they cost a server is the subject, so nothing is timed here.
#include "../common/clock.h"
#include "../common/process.h"
#include "connect.h"
#include "modes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_A_PASS = 256, RECEIVE_BUFFER = 4096 };

struct staller {
    int socket;
    size_t sent;
};

static struct {
    const struct options *options;
    int epoll;
    size_t opened;
    size_t stalled;         // have sent their request
    size_t closed_by_peer;
} run;

static void watch(struct staller *staller, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = staller};
    if (epoll_ctl(run.epoll, operation, staller->socket, &event) != 0) process_fail("epoll_ctl");
}

static void open_staller(struct staller *staller) {
    staller->socket = connect_start(run.options, RECEIVE_BUFFER);
    if (staller->socket < 0) process_fail("connect");
    run.opened++;
    watch(staller, EPOLL_CTL_ADD, EPOLLOUT);
}

static void drop(struct staller *staller) {
    close(staller->socket);
    staller->socket = -1;
    run.closed_by_peer++;
}

static void send_on(struct staller *staller) {
    switch (send_request(run.options, staller->socket, &staller->sent)) {
    case SEND_DONE:
        run.stalled++;
        watch(staller, EPOLL_CTL_MOD, EPOLLRDHUP);  // and nothing else: what arrives stays where it is
        break;
    case SEND_AGAIN: break;
    case SEND_FAILED: drop(staller); break;
    }
}

static void handle_events(int timeout_ms) {
    struct epoll_event events[EVENTS_A_PASS];
    const int count = epoll_wait(run.epoll, events, EVENTS_A_PASS, timeout_ms);
    if (count < 0 && errno != EINTR) process_fail("epoll_wait");
    for (int i = 0; i < count; i++) {
        if (events[i].events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) drop(events[i].data.ptr);
        else send_on(events[i].data.ptr);
    }
}

void mode_stall(const struct options *options) {
    run.options = options;
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (run.epoll < 0) process_fail("epoll_create1");
    struct staller *stallers = process_allocate(options->connections, sizeof *stallers);
    const uint64_t start = clock_now_ns(), end = start + options->duration_ns;
    uint64_t now = start;
    while (now < end) {
        const double share = options->ramp_ns == 0 ? 1 : (double)(now - start) / (double)options->ramp_ns;
        while (run.opened < options->connections && (double)run.opened <= share * (double)options->connections) {
            open_staller(&stallers[run.opened]);
        }
        handle_events(10);
        now = clock_now_ns();
    }
    if (options->with_text) {
        printf("%zu clients stalled, %zu of them closed by the server\n", run.stalled, run.closed_by_peer);
    }
    printf(
        "{\"mode\":\"stall\",\"clients\":%zu,\"stalled\":%zu,\"closed_by_peer\":%zu}\n", options->connections,
        run.stalled, run.closed_by_peer);
    free(stallers);  // the kernel closes their sockets
}
