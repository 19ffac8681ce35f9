#include "connection.h"
#include "statistics.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

// For answers outside of any script: they fit into an empty socket buffer, so a short write means a client gone.
static enum connection_fate send_small(struct connection *connection, const char *text) {
    const size_t length = strlen(text);
    const ssize_t sent = send(connection->socket, text, length, MSG_NOSIGNAL);
    return sent == (ssize_t)length ? CONNECTION_LIVES : CONNECTION_ENDS;
}

static enum connection_fate send_json(struct connection *connection, const char *status, const char *json) {
    char text[1024];
    snprintf(
        text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
        strlen(json), json);
    return send_small(connection, text);
}

enum connection_fate connection_send_continue(struct connection *connection) {
    return send_small(connection, "HTTP/1.1 100 Continue\r\n\r\n");
}

static enum connection_fate finish(struct connection *connection) {
    if (connection->streams) {
        connection->streams = false;
        statistics.streams_open--;
        statistics.streams_complete++;
    }
    connection->script = NULL;
    connection->phase = PHASE_HEAD;
    return connection->closes ? CONNECTION_ENDS : CONNECTION_LIVES;
}

static const struct bytes *current_piece(const struct connection *connection) {
    if (!connection->streams) return &connection->script->answers[connection->dialect].whole;
    return script_piece(connection->script, connection->dialect, connection->piece);
}

enum connection_fate connection_write(struct connection *connection) {
    if (connection->script == NULL) return CONNECTION_LIVES;
    while (connection->piece < connection->pieces_due) {
        const struct bytes *bytes = current_piece(connection);
        const size_t wanted = bytes->count - connection->offset;
        const ssize_t sent = send(connection->socket, bytes->data + connection->offset, wanted, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN) return CONNECTION_ENDS;
        if (sent < 0 || (size_t)sent < wanted) {
            // A client that does not read makes its stream late. It costs no memory: pieces are only counted.
            if (sent > 0) connection->offset += (size_t)sent;
            connection_wait_to_write(connection, true);
            return CONNECTION_LIVES;
        }
        connection->offset = 0;
        connection->piece++;
        if (connection->streams) statistics.chunks++;
    }
    connection_wait_to_write(connection, false);
    return connection->piece == connection->pieces ? finish(connection) : CONNECTION_LIVES;
}

void connection_piece_due(struct connection *connection) {
    const uint32_t pause = connection->script->pause_ms;
    if (pause == 0) {
        connection->pieces_due = connection->pieces;
        return;
    }
    connection->pieces_due++;
    if (connection->pieces_due == connection->pieces) return;
    // From when this piece was due, not from now: a late pass must not slow the stream down for good.
    timer_arm(&connection->timer, connection->timer.due_tick + pause);
}

static enum connection_fate start_script(struct connection *connection, const struct script *script) {
    const struct request *request = &connection->request;
    connection->script = script;
    connection->dialect = request->kind == REQUEST_CHAT ? DIALECT_OPENAI : DIALECT_BEDROCK;
    connection->streams = request->stream;
    connection->pieces = request->stream ? script->chunks : 1;
    connection->pieces_due = 0;
    connection->piece = 0;
    connection->offset = 0;
    if (connection->streams) statistics_stream_opened();

    const uint64_t due = timer_wheel_now() + script->first_ms;
    if (script->first_ms > 0) {
        timer_arm(&connection->timer, due);
        return CONNECTION_LIVES;
    }
    connection->timer.due_tick = due;
    connection_piece_due(connection);
    return connection_write(connection);
}

enum connection_fate connection_answer(struct connection *connection) {
    const struct request *request = &connection->request;
    statistics.requests++;
    connection->phase = PHASE_ANSWER;
    if (request->kind == REQUEST_STATISTICS) {
        char json[512];
        statistics_write(json, sizeof json);
        if (send_json(connection, "200 OK", json) == CONNECTION_ENDS) return CONNECTION_ENDS;
        return finish(connection);
    }
    const bool served = request->kind == REQUEST_CHAT || request->kind == REQUEST_CONVERSE;
    const struct script *script = served ? script_named(request->model, request->model_length) : NULL;
    if (script != NULL) return start_script(connection, script);
    static const char unknown[] =
        "{\"message\":\"no such path or model\",\"error\":{\"message\":\"no such path or model; models are "
        "bench[-<chunks>x<pause ms>][-f<first ms>][-t<text bytes>]\",\"type\":\"invalid_request_error\"}}";
    if (send_json(connection, "404 Not Found", unknown) == CONNECTION_ENDS) return CONNECTION_ENDS;
    return finish(connection);
}
