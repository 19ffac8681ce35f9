// A scripted provider for benchmarks: answers in OpenAI's and in Bedrock's dialect, with the timing that the model's
// name asks for (see provider/script.h). One thread and prebuilt answers, so that it is not what a benchmark measures.

#include "common/process.h"
#include "provider/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_A_PASS = 512, BACKLOG = 8192 };

static const char help[] =
    "usage: provider [--address A] [--port P] [--reuse-port]\n"
    "  --address A   IPv4 address to listen on (127.0.0.1)\n"
    "  --port P      port; 0 lets the kernel choose (0)\n"
    "  --reuse-port  let several providers share the port\n"
    "Prints its port, then serves until SIGTERM:\n"
    "  POST .../chat/completions, POST /model/{id}/converse, POST /model/{id}/converse-stream, GET /stats\n";

struct options {
    const char *address;
    long port;
    bool reuse_port;
};

static struct options parse_options(int count, char **values) {
    struct options options = {.address = "127.0.0.1", .port = 0};
    for (int i = 1; i < count; i++) {
        const char *name = values[i];
        if (strcmp(name, "--help") == 0) {
            fputs(help, stdout);
            _exit(fflush(stdout) == 0 ? 0 : 1);
        } else if (strcmp(name, "--reuse-port") == 0) {
            options.reuse_port = true;
        } else if (i + 1 == count) {
            process_usage("unknown option or missing value: %s", name);
        } else if (strcmp(name, "--address") == 0) {
            options.address = values[++i];
        } else if (strcmp(name, "--port") == 0) {
            options.port = process_number(name, values[++i], 0, 65535);
        } else {
            process_usage("unknown option %s", name);
        }
    }
    return options;
}

static int listen_on(const struct options *options) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
        process_usage("--address takes an IPv4 address, not \"%s\"", options->address);
    }
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) process_fail("socket");
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (options->reuse_port) setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) process_fail("bind");
    if (listen(listener, BACKLOG) != 0) process_fail("listen");

    socklen_t length = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) process_fail("getsockname");
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void accept_all(int epoll, int listener) {
    for (;;) {
        const int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EAGAIN) return;
            // Out of descriptors: what follows would be measured wrongly, so end rather than go on with fewer streams.
            process_fail("accept4");
        }
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection_open(epoll, socket);
    }
}

static void serve(int listener) {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) process_fail("epoll_create1");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) process_fail("epoll_ctl");
    timer_wheel_start(connection_timer);

    struct epoll_event events[EVENTS_A_PASS];
    for (;;) {
        const int count = epoll_wait(epoll, events, EVENTS_A_PASS, timer_wheel_timeout());
        if (count < 0 && errno != EINTR) process_fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL) {
                accept_all(epoll, listener);
            } else {
                connection_ready(events[i].data.ptr, events[i].events);
            }
        }
        timer_wheel_advance();
    }
}

int main(int count, char **values) {
    const struct options options = parse_options(count, values);
    process_raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    serve(listen_on(&options));
}
