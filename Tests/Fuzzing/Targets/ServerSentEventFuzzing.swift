import Core

@testable import Providers

/// The stream of an OpenAI-compatible provider: lines, events, JSON, chat events.
enum ServerSentEventFuzzing {
    /// Small, so that the limit is met.
    private static let limit = 2048

    static func run(_ input: [UInt8]) {
        let whole = Reading(of: [input])
        let cut = Reading(of: Array(Pieces(input)))
        let bytewise = Reading(of: input.map { [$0] })
        require(whole == cut, "other events when cut: \(whole) and \(cut)")
        require(whole == bytewise, "other events byte by byte: \(whole) and \(bytewise)")
    }

    private struct Reading: Equatable {
        var names: [String] = []
        var data: [[UInt8]] = []
        var events: [ChatEvent] = []
        var isTooLarge = false

        init(of pieces: [[UInt8]]) {
            var decoder = ServerSentEventDecoder(limit: ServerSentEventFuzzing.limit)
            var reader = OpenAIChunkReader(requestID: "r", choices: 1)
            do {
                for piece in pieces {
                    decoder.push(piece)
                    while let event = try decoder.next() {
                        require(event.range.count <= ServerSentEventFuzzing.limit, "an event beyond the limit")
                        names.append(event.name)
                        data.append(Array(event.bytes[event.range]))
                        if event.isData("[DONE]") { continue }
                        guard let json = try? JSONParser.parse(event.bytes, in: event.range), let chunk = json.object
                        else { continue }
                        reader.read(chunk, into: &events)
                    }
                }
            } catch {
                isTooLarge = true
            }
        }
    }
}
