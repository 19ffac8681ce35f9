import Core

@testable import Providers

/// Amazon's event stream, and what ConverseStream's events tell.
///
/// The first byte says whether lengths and checksums are made right before the bytes are read: chance alone would never
/// come past two checksums of 32 bits.
enum EventStreamFuzzing {
    static func run(_ input: [UInt8]) {
        guard let mode = input.first else { return }
        var bytes = Array(input.dropFirst())
        if mode & 1 == 1 { repair(&bytes) }
        let whole = Reading(of: [bytes])
        let cut = Reading(of: Array(Pieces(bytes)))
        require(whole.events == cut.events, "other events when cut: \(whole.events) and \(cut.events)")
        require(whole.failure == cut.failure, "another failure when cut: \(whole) and \(cut)")
        let isSame = whole.failure != nil || whole.pending == cut.pending
        require(isSame, "\(whole.pending) pending, \(cut.pending) when cut")
    }

    /// Gives each frame a length that fits and its two checksums.
    private static func repair(_ bytes: inout [UInt8]) {
        var start = 0
        while bytes.count - start >= 16 {
            let wanted = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
            let total = min(max(wanted, 16), bytes.count - start)
            put(UInt32(total), at: start, in: &bytes)
            // One length of headers in 256 stays wrong.
            if bytes[start + 4] != 0xff {
                let headers = Int(bytes[start + 6]) << 8 | Int(bytes[start + 7])
                put(UInt32(min(headers, total - 16)), at: start + 4, in: &bytes)
            }
            put(CRC32.checksum(bytes, start..<start + 8), at: start + 8, in: &bytes)
            put(CRC32.checksum(bytes, start..<start + total - 4), at: start + total - 4, in: &bytes)
            start += total
        }
    }

    private static func put(_ number: UInt32, at index: Int, in bytes: inout [UInt8]) {
        for place in 0..<4 { bytes[index + place] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * place)) }
    }

    /// All that a stream of such pieces tells.
    private struct Reading {
        var events: [ChatEvent] = []
        var failure: String?
        var pending = 0

        init(of pieces: [[UInt8]]) {
            var frames = EventStreamDecoder()
            var decoder = ConverseEventDecoder(reading: ConverseReading())
            do {
                for piece in pieces {
                    frames.append(piece)
                    while let message = try frames.next() {
                        _ = message.headers
                        try decoder.decode(message, into: &events)
                    }
                }
            } catch let error as GatewayError {
                require((400..<600).contains(error.status), "no status: \(error.status)")
                failure = "\(error.status) \(error.code) \(error.message) \(error.cause ?? "")"
            } catch {
                failure = "\(error)"
            }
            pending = frames.pendingCount
        }
    }
}
