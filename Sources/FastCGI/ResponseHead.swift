internal import Core

/// Writes a CGI response head (RFC 3875 section 6.2), which nginx turns into the HTTP one.
enum ResponseHead {
    static func bytes(_ head: HTTPResponse.Head) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes += "Status: \(head.status)\r\n".utf8
        for field in head.headers.fields {
            bytes += field.name.utf8
            bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
            // A line break inside a value would begin a header field of the value's choosing.
            bytes += field.value.utf8.lazy.filter { $0 >= 0x20 || $0 == 0x09 }
            bytes += [0x0d, 0x0a]
        }
        bytes += [0x0d, 0x0a]
        return bytes
    }
}
