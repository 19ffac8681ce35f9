internal import Core

/// A tool call's arguments as Bedrock takes them.
enum ConverseToolInput {
    /// The service demands an object. Models of other vendors write empty text, plain values and broken JSON; all of
    /// these become `{}`, so that an old slip does not end the conversation (conformance M8).
    static func object(from arguments: String) -> JSONValue {
        guard !arguments.isEmpty, let value = try? JSONParser.parse(arguments), case .object = value else {
            return .object([:])
        }
        return value
    }
}
