// Closed loop: each connection sends its next request when the answer to the last one is complete.
#include "../common/clock.h"
#include "../common/process.h"
#include "connect.h"
#include "modes.h"
#include "response.h"
#include "tally.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_A_PASS = 256, READ_CAPACITY = 65536, FAILURES_IN_A_ROW = 1000 };

struct client {
    int socket;
    bool waits_to_write;
    bool used;  // has carried a whole exchange: the server may close it between two requests
    size_t sent;
    uint64_t started_ns;
    struct response response;
};

static struct {
    const struct options *options;
    int epoll;
    uint64_t measure_from_ns;
    uint64_t reconnects;
    uint64_t answered_in_all;  // before the count has started, too
    unsigned failures_in_a_row;
    struct tally tally;
    struct histogram latency;
} run;

static void watch(struct client *client, int operation, bool for_writing) {
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.ptr = client};
    if (epoll_ctl(run.epoll, operation, client->socket, &event) != 0) process_fail("epoll_ctl");
    client->waits_to_write = for_writing;
}

static void open_connection(struct client *client) {
    client->socket = connect_start(run.options, 0);
    if (client->socket < 0) process_fail("connect");
    client->used = false;
    client->sent = 0;
    client->started_ns = clock_now_ns();
    response_reset(&client->response);
    watch(client, EPOLL_CTL_ADD, true);
}

static void reopen(struct client *client) {
    close(client->socket);
    open_connection(client);
}

static void fail(struct client *client) {
    // Without a limit a server that is not there would be asked as fast as the processor allows.
    if (++run.failures_in_a_row == FAILURES_IN_A_ROW) {
        fprintf(stderr, "driver: %d requests failed in a row\n", FAILURES_IN_A_ROW);
        exit(1);
    }
    run.tally.transport_errors++;
    reopen(client);
}

static void send_next(struct client *client) {
    switch (send_request(run.options, client->socket, &client->sent)) {
    case SEND_DONE:
        if (client->waits_to_write) watch(client, EPOLL_CTL_MOD, false);
        break;
    case SEND_AGAIN:
        if (!client->waits_to_write) watch(client, EPOLL_CTL_MOD, true);
        break;
    case SEND_FAILED: fail(client); break;
    }
}

static void complete(struct client *client) {
    const uint64_t now = clock_now_ns();
    run.failures_in_a_row = 0;
    run.answered_in_all++;
    if (now >= run.measure_from_ns) {
        tally_status(&run.tally, client->response.status);
        histogram_record(&run.latency, now - client->started_ns);
    }
    if (client->response.closes || client->response.until_close) {
        run.reconnects++;
        reopen(client);
        return;
    }
    client->used = true;
    client->sent = 0;
    client->started_ns = now;
    response_reset(&client->response);
    send_next(client);
}

// A server may close a kept connection while a request is on its way (RFC 9112 section 9.3.1); that is asked again.
static void ended(struct client *client) {
    const bool unanswered = client->response.phase == RESPONSE_HEAD && client->response.head_length == 0;
    if (client->used && unanswered) {
        run.reconnects++;
        reopen(client);
        return;
    }
    response_end(&client->response);
    if (client->response.phase == RESPONSE_COMPLETE) complete(client);
    else fail(client);
}

static void receive(struct client *client) {
    static char buffer[READ_CAPACITY];
    const ssize_t count = recv(client->socket, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
        ended(client);
        return;
    }
    response_feed(&client->response, buffer, (size_t)count, NULL, NULL);
    if (client->response.phase == RESPONSE_BROKEN) fail(client);
    if (client->response.phase == RESPONSE_COMPLETE) complete(client);
}

static void print_text(double seconds) {
    printf(
        "%" PRIu64 " requests in %.2f s: %.0f/s, %" PRIu64 " errors, %" PRIu64 " reconnects; ", run.tally.answered,
        seconds, (double)run.tally.answered / seconds, tally_errors(&run.tally), run.reconnects);
    tally_print_text("latency", &run.latency);
    printf("\n");
}

static void print_json(double seconds) {
    printf(
        "{\"mode\":\"rps\",\"requests\":%" PRIu64 ",\"answered_in_all\":%" PRIu64, run.tally.answered,
        run.answered_in_all);
    printf(",\"seconds\":%.3f,\"per_second\":%.1f", seconds, (double)run.tally.answered / seconds);
    printf(",\"errors\":%" PRIu64 ",\"reconnects\":%" PRIu64 ",", tally_errors(&run.tally), run.reconnects);
    tally_print_statuses(&run.tally);
    printf(",");
    tally_print_times("latency_us", &run.latency);
    printf("}\n");
}

void mode_rps(const struct options *options) {
    run.options = options;
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (run.epoll < 0) process_fail("epoll_create1");
    const uint64_t start = clock_now_ns();
    run.measure_from_ns = start + options->warmup_ns;
    const uint64_t end = run.measure_from_ns + options->duration_ns;
    struct client *clients = process_allocate(options->connections, sizeof *clients);
    for (size_t i = 0; i < options->connections; i++) open_connection(&clients[i]);

    struct epoll_event events[EVENTS_A_PASS];
    uint64_t now = clock_now_ns();
    while (now < end) {
        const int count = epoll_wait(run.epoll, events, EVENTS_A_PASS, (int)((end - now) / 1000000 + 1));
        if (count < 0 && errno != EINTR) process_fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (client->waits_to_write && events[i].events & EPOLLOUT) send_next(client);
            else receive(client);
        }
        now = clock_now_ns();
    }
    const double seconds = (double)(now - run.measure_from_ns) / 1e9;
    if (options->with_text) print_text(seconds);
    print_json(seconds);
    free(clients);  // the kernel closes their sockets
}
