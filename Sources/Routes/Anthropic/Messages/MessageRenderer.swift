internal import Core

/// Writes a whole answer as Anthropic's `message` object.
struct MessageRenderer {
    let identity: MessageIdentity

    /// A provider's own message is told as it is, with the model's name that the client asked for.
    func render(_ answer: MessageGatherer, usage: TokenUsage) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        if var own = answer.own {
            own["model"] = .string(identity.model)
            bytes.appendJSON(own)
            return bytes
        }
        bytes.append(ascii: #"{"id":"#)
        bytes.appendJSON(identity.id)
        bytes.append(ascii: #","type":"message","role":"assistant","model":"#)
        bytes.appendJSON(identity.model)
        bytes.append(ascii: #","content":"#)
        bytes.appendJSON(.array(answer.content))
        bytes.append(UInt8(ascii: ","))
        answer.stop.append(to: &bytes)
        bytes.append(ascii: #","usage":"#)
        bytes.appendMessageUsage(usage)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
