internal import Core

/// What bodies of calls in every provider's dialect have in common.
extension JSONObject {
    /// As JSON text. A translated body is about as large as the client's own.
    func bytes(for request: ChatRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.byteCount + 256)
        bytes.appendJSON(self)
        return bytes
    }

    /// Changes those of `messages` that are meant, and copies nothing when there are none.
    mutating func changeMessages(where isMeant: (JSONObject) -> Bool, _ change: (inout JSONObject) -> Void) {
        guard let messages = self["messages"]?.array,
            messages.contains(where: { $0.object.map(isMeant) ?? false })
        else { return }
        self["messages"] = .array(
            messages.map { message in
                guard var object = message.object, isMeant(object) else { return message }
                change(&object)
                return .object(object)
            })
    }
}
