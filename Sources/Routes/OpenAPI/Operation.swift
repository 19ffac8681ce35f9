internal import Core

/// What the router cannot know of a route: what it takes and answers, in words and schemas. Method, path, access and the
/// errors that come with these are the router's (``OpenAPIDocument``).
struct Operation: Sendable {
    /// What a route answers with 200.
    enum Success: Sendable {
        /// `data` of the management envelope.
        case data(Schema)
        /// Bodies by their media type.
        case bodies([Content])
    }

    struct Content: Sendable {
        let type: String
        let schema: Schema

        init(_ type: String, _ schema: Schema) {
            self.type = type
            self.schema = schema
        }

        static func json(_ schema: Schema) -> Content { Content("application/json", schema) }
    }

    let summary: String
    var description: String?
    var parameters: [Parameter] = []
    var body: [Content] = []
    let success: Success
    /// Statuses of errors beyond those that every route of its kind has.
    var errors: [Int] = []
    /// Answers that are neither success nor an error in the surface's shape.
    var others: [Int: Schema] = [:]

    /// An operation of the management interface that reads.
    static func read(
        _ summary: String, _ parameters: [Parameter] = [], _ data: Schema, errors: [Int] = []
    ) -> Operation {
        Operation(summary: summary, parameters: parameters, success: .data(data), errors: errors)
    }

    /// An operation of the management interface that changes something.
    static func change(_ summary: String, _ body: Schema, _ data: Schema, errors: [Int] = []) -> Operation {
        Operation(summary: summary, body: [.json(body)], success: .data(data), errors: errors)
    }

    func described(_ text: String) -> Operation {
        var operation = self
        operation.description = text
        return operation
    }
}
