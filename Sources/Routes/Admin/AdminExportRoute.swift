internal import Core
internal import EventLoop
internal import Logging

/// `GET /admin/thread/export`: all threads that a filter finds, as CSV.
///
/// Read and sent piece by piece, so that an export of any length needs the memory of one piece, and holds neither a
/// transaction nor the reader's thread while the client reads.
@LoopActor
enum AdminExportRoute {
    nonisolated static let routes = [Route("GET", "/admin/thread/export", .adminStream(threads))]

    static func threads(_ call: KeyedCall) async throws(GatewayError) {
        let filter = try RecordAnswers.filter(
            call.query, text: try call.query.searched("q"), key: try call.query.id("key_id"))
        // The first piece is read before the answer begins, so that trouble has a status of its own.
        var cursor = ThreadCursor()
        var threads = try await piece(filter, from: &cursor, call)
        let headers: HeaderFields = [
            "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store",
            "Content-Disposition": "attachment; filename=\"threads.csv\"",
        ]
        do throws(ClientGone) {
            try await call.exchange.begin(HTTPResponse.Head(status: 200, headers: headers))
            try await call.exchange.write(ThreadRecord.csvHeader)
            while !threads.isEmpty, call.request.method != "HEAD" {
                let rows = threads
                try await call.exchange.write(await HelperPool.shared.run { rows.flatMap(\.csv) })
                do throws(GatewayError) {
                    threads = try await piece(filter, from: &cursor, call)
                } catch {
                    try await breakOff(call, error)
                    break
                }
            }
            try await call.exchange.end()
        } catch { throw .cancelled }
    }

    private static func piece(
        _ filter: ThreadFilter, from cursor: inout ThreadCursor, _ call: KeyedCall
    ) async throws(GatewayError) -> [ThreadRecord] {
        try await stored { try await call.services.stores.records.threads(filter, from: &cursor) }
    }

    /// The status has long been sent: a last line that no row looks like tells that rows are missing.
    private static func breakOff(_ call: KeyedCall, _ error: GatewayError) async throws(ClientGone) {
        call.services.logger.error(
            "export broken off",
            metadata: ["request_id": "\(call.request.id)", "cause": "\(error.cause ?? error.message)"])
        let line = "# INCOMPLETE: \(error.message) Request \(call.request.id).\r\n"
        try await call.exchange.write(Array(line.utf8))
    }
}
