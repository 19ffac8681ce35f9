#include "connection.h"

#include "../common/process.h"
#include "statistics.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

void connection_open(int epoll, int socket) {
    struct connection *connection = process_allocate(1, sizeof *connection);
    connection->epoll = epoll;
    connection->socket = socket;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = connection};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0) process_fail("epoll_ctl");
    statistics.connections++;
}

// Safe at any moment of a pass: epoll reports a socket once a pass, and a connection is closed only from its own event
// or its own timer.
static void close_connection(struct connection *connection) {
    if (connection->streams) {
        statistics.streams_open--;
        statistics.streams_abandoned++;
    }
    timer_cancel(&connection->timer);
    close(connection->socket);
    free(connection);
}

void connection_wait_to_write(struct connection *connection, bool wanted) {
    if (connection->waits_to_write == wanted) return;
    connection->waits_to_write = wanted;
    const uint32_t writable = wanted ? EPOLLOUT : 0;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | writable, .data.ptr = connection};
    if (epoll_ctl(connection->epoll, EPOLL_CTL_MOD, connection->socket, &event) != 0) process_fail("epoll_ctl");
}

// Writing may have finished an answer, behind which another request may wait.
static enum connection_fate write_on(struct connection *connection) {
    if (connection_write(connection) == CONNECTION_ENDS) return CONNECTION_ENDS;
    return connection_process_input(connection);
}

void connection_ready(struct connection *connection, uint32_t events) {
    enum connection_fate fate = CONNECTION_LIVES;
    if (events & (EPOLLERR | EPOLLHUP)) fate = CONNECTION_ENDS;
    if (fate == CONNECTION_LIVES && events & (EPOLLIN | EPOLLRDHUP)) fate = connection_read(connection);
    if (fate == CONNECTION_LIVES && events & EPOLLOUT) fate = write_on(connection);
    if (fate == CONNECTION_ENDS) close_connection(connection);
}

void connection_timer(struct timer *timer) {
    struct connection *connection = (struct connection *)timer;
    connection_piece_due(connection);
    if (write_on(connection) == CONNECTION_ENDS) close_connection(connection);
}
