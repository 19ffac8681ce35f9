internal import Core

/// Writes a CGI response head (RFC 3875 section 6.2), which nginx turns into the HTTP one.
enum ResponseHead {
    /// The head, followed by a body if there is one.
    static func bytes(_ head: HTTPResponse.Head, body: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + body.count)
        bytes.append(ascii: "Status: ")
        bytes += String(head.status).utf8
        bytes.append(ascii: " ")
        bytes.append(ascii: ReasonPhrase.of(head.status))
        bytes.append(ascii: "\r\n")
        for field in head.headers.fields {
            bytes += field.name.utf8
            bytes.append(ascii: ": ")
            // A line break inside a value would begin a header field of the value's choosing.
            for byte in field.value.utf8 where byte >= 0x20 || byte == 0x09 { bytes.append(byte) }
            bytes.append(ascii: "\r\n")
        }
        bytes.append(ascii: "\r\n")
        bytes += body
        return bytes
    }
}
