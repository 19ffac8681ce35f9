internal import Core

/// The header of an answer as libcurl delivers it, line by line, each ended by a line feed.
///
/// Kept as bytes, because most fields of an answer are never read, and of most answers none is.
struct CurlHeaderLines: Sendable {
    let bytes: [UInt8]

    /// The fields in their order. A line without a colon is no field.
    var fields: HeaderFields {
        var fields = HeaderFields()
        for line in bytes.split(separator: 0x0a) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            fields.append(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
        return fields
    }
}
