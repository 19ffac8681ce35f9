// Opens streams at an even pace, each on its own connection, and follows each to its end.
#include "../common/clock.h"
#include "../common/process.h"
#include "chunk_counter.h"
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

enum { EVENTS_A_PASS = 512, READ_CAPACITY = 65536 };

struct stream {
    int socket;
    bool waits_to_write;
    size_t sent;
    uint64_t started_ns;
    uint64_t last_chunk_ns;  // 0 before the first
    struct chunk_counter counter;
    struct response response;
};

static struct {
    const struct options *options;
    int epoll;
    uint64_t start_ns;
    size_t opened;
    size_t closed;
    size_t open_peak;
    uint64_t completed;
    uint64_t unfinished;  // ended by the server without the stream's proper end
    uint64_t timed_out;
    uint64_t chunks;
    struct tally tally;
    struct histogram first;  // from before connect() to the first chunk
    struct histogram gap;    // between reads that brought a chunk
} run;

static bool measures(uint64_t now) { return now >= run.start_ns + run.options->measure_from_ns; }

static void watch(struct stream *stream, int operation, bool for_writing) {
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.ptr = stream};
    if (epoll_ctl(run.epoll, operation, stream->socket, &event) != 0) process_fail("epoll_ctl");
    stream->waits_to_write = for_writing;
}

static void close_stream(struct stream *stream) {
    close(stream->socket);
    stream->socket = -1;
    run.closed++;
}

static void fail(struct stream *stream) {
    run.tally.transport_errors++;
    close_stream(stream);
}

static void send_on(struct stream *stream) {
    switch (send_request(run.options, stream->socket, &stream->sent)) {
    case SEND_DONE: watch(stream, EPOLL_CTL_MOD, false); break;
    case SEND_AGAIN: break;
    case SEND_FAILED: fail(stream); break;
    }
}

static void open_stream(struct stream *stream) {
    stream->started_ns = clock_now_ns();
    stream->counter.framing = run.options->framing;
    response_reset(&stream->response);
    run.opened++;
    stream->socket = connect_start(run.options, 0);
    if (stream->socket < 0) {
        run.tally.transport_errors++;
        run.closed++;
        return;
    }
    watch(stream, EPOLL_CTL_ADD, true);
    const size_t open = run.opened - run.closed;
    if (open > run.open_peak) run.open_peak = open;
}

static void finish(struct stream *stream) {
    const struct chunk_counter *counter = &stream->counter;
    tally_status(&run.tally, stream->response.status);
    if (stream->response.status == 200) {
        const bool whole = counter->done && !counter->failed && counter->chunks >= run.options->expected_chunks;
        if (whole) run.completed++;
        else run.unfinished++;
    }
    close_stream(stream);
}

static void take_body(void *context, const char *data, size_t count) {
    struct stream *stream = context;
    if (stream->response.status == 200) chunk_counter_feed(&stream->counter, data, count);
}

static void note_chunks(struct stream *stream, uint32_t before) {
    const uint32_t gained = stream->counter.chunks - before;
    if (gained == 0) return;
    const uint64_t now = clock_now_ns();
    run.chunks += gained;
    if (stream->last_chunk_ns == 0) {
        if (measures(stream->started_ns)) histogram_record(&run.first, now - stream->started_ns);
    } else if (measures(stream->last_chunk_ns)) {
        histogram_record(&run.gap, now - stream->last_chunk_ns);
    }
    stream->last_chunk_ns = now;
}

static void receive(struct stream *stream) {
    static char buffer[READ_CAPACITY];
    const ssize_t count = recv(stream->socket, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count < 0) {
        fail(stream);
        return;
    }
    const uint32_t before = stream->counter.chunks;
    if (count == 0) response_end(&stream->response);
    else response_feed(&stream->response, buffer, (size_t)count, take_body, stream);
    note_chunks(stream, before);
    if (stream->response.phase == RESPONSE_BROKEN) {
        if (stream->response.status == 200) run.unfinished++;
        fail(stream);
    } else if (stream->response.phase == RESPONSE_COMPLETE) {
        finish(stream);
    }
}

static void print_text(double seconds) {
    printf(
        "%" PRIu64 " of %zu streams complete, at most %zu open, %" PRIu64 " chunks in %.2f s; ", run.completed,
        run.options->connections, run.open_peak, run.chunks, seconds);
    tally_print_text("first chunk", &run.first);
    printf("; ");
    tally_print_text("gap", &run.gap);
    printf("\n");
}

static void print_json(double seconds) {
    const uint64_t failed = run.options->connections - run.completed;
    printf("{\"mode\":\"stream\",\"streams\":%zu,\"completed\":%" PRIu64, run.options->connections, run.completed);
    printf(",\"failed\":%" PRIu64 ",\"unfinished\":%" PRIu64, failed, run.unfinished);
    printf(",\"timed_out\":%" PRIu64 ",\"open_peak\":%zu", run.timed_out, run.open_peak);
    printf(",\"seconds\":%.3f,\"chunks\":%" PRIu64 ",", seconds, run.chunks);
    tally_print_statuses(&run.tally);
    printf(",");
    tally_print_times("first_us", &run.first);
    printf(",");
    tally_print_times("gap_us", &run.gap);
    printf("}\n");
}

// When stream `index` is to be opened.
static uint64_t opening_time(size_t index) {
    const struct options *options = run.options;
    return run.start_ns + (uint64_t)((double)options->ramp_ns * (double)index / (double)options->connections);
}

static void handle_events(int timeout_ms) {
    struct epoll_event events[EVENTS_A_PASS];
    const int count = epoll_wait(run.epoll, events, EVENTS_A_PASS, timeout_ms);
    if (count < 0 && errno != EINTR) process_fail("epoll_wait");
    for (int i = 0; i < count; i++) {
        struct stream *stream = events[i].data.ptr;
        if (stream->waits_to_write && events[i].events & EPOLLOUT) send_on(stream);
        else receive(stream);
    }
}

void mode_stream(const struct options *options) {
    run.options = options;
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (run.epoll < 0) process_fail("epoll_create1");
    struct stream *streams = process_allocate(options->connections, sizeof *streams);
    run.start_ns = clock_now_ns();
    const uint64_t end = run.start_ns + options->duration_ns;
    uint64_t now = run.start_ns;
    while (run.closed < options->connections && now < end) {
        while (run.opened < options->connections && opening_time(run.opened) <= now) open_stream(&streams[run.opened]);
        uint64_t until = end;
        if (run.opened < options->connections) until = opening_time(run.opened);
        handle_events(until > now ? (int)((until - now) / 1000000 + 1) : 0);
        now = clock_now_ns();
    }
    run.timed_out = options->connections - run.closed;
    const double seconds = (double)(now - run.start_ns) / 1e9;
    if (options->with_text) print_text(seconds);
    print_json(seconds);
    free(streams);  // the kernel closes their sockets
}
