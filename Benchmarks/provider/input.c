#include "../common/http_head.h"
#include "connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static void drop_input(struct connection *connection, size_t count) {
    connection->input_count -= count;
    memmove(connection->input, connection->input + count, connection->input_count);
}

static enum connection_fate take_head(struct connection *connection) {
    struct http_head head;
    size_t length = 0;
    const enum http_head_result result =
        http_head_parse(connection->input, connection->input_count, &head, &length);
    if (result == HTTP_HEAD_INCOMPLETE) {
        return connection->input_count < CONNECTION_INPUT_CAPACITY ? CONNECTION_LIVES : CONNECTION_ENDS;
    }
    // A chunked request body would have to be decoded; no client of this provider sends one.
    if (result == HTTP_HEAD_BROKEN || head.chunked) return CONNECTION_ENDS;

    request_read_line(&connection->request, head.first_line, head.first_line_length);
    connection->closes = head.close;
    drop_input(connection, length);
    const uint64_t body = head.content_length > 0 ? (uint64_t)head.content_length : 0;
    connection->body_here = body < connection->input_count ? (size_t)body : connection->input_count;
    connection->body_left = body - connection->body_here;
    connection->phase = PHASE_BODY;
    if (head.expects_continue && connection->body_left > 0) return connection_send_continue(connection);
    return CONNECTION_LIVES;
}

// Looks through the body that is here and drops it: all of it at its end, all but the scan's overlap when it fills the
// buffer. So a body of any size takes no more memory than this buffer.
static void take_body(struct connection *connection) {
    if (connection->request.kind == REQUEST_CHAT) {
        request_scan_body(&connection->request, connection->input, connection->body_here);
    }
    const size_t kept = connection->body_left > 0 ? REQUEST_SCAN_OVERLAP : 0;
    drop_input(connection, connection->body_here - kept);
    connection->body_here = kept;
}

enum connection_fate connection_process_input(struct connection *connection) {
    for (;;) {
        if (connection->phase == PHASE_HEAD && connection->input_count > 0) {
            if (take_head(connection) == CONNECTION_ENDS) return CONNECTION_ENDS;
        }
        if (connection->phase != PHASE_BODY) return CONNECTION_LIVES;
        if (connection->body_left > 0 && connection->input_count < CONNECTION_INPUT_CAPACITY) return CONNECTION_LIVES;
        take_body(connection);
        if (connection->body_left > 0) return CONNECTION_LIVES;
        if (connection_answer(connection) == CONNECTION_ENDS) return CONNECTION_ENDS;
    }
}

enum connection_fate connection_read(struct connection *connection) {
    const size_t room = CONNECTION_INPUT_CAPACITY - connection->input_count;
    // Only a client that sends request after request into a running answer gets here.
    if (room == 0) return CONNECTION_ENDS;
    const ssize_t count = recv(connection->socket, connection->input + connection->input_count, room, 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? CONNECTION_LIVES : CONNECTION_ENDS;
    if (count == 0) return CONNECTION_ENDS;
    connection->input_count += (size_t)count;
    if (connection->phase == PHASE_BODY) {
        const uint64_t left = connection->body_left;
        const size_t gained = left < (uint64_t)count ? (size_t)left : (size_t)count;
        connection->body_here += gained;
        connection->body_left -= gained;
    }
    return connection_process_input(connection);
}
