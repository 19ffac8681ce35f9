internal import CCurl
internal import Core

/// Header fields as libcurl takes them: a list that must live as long as the transfer. libcurl only reads it.
@safe final class CurlHeaderList {
    let fields: HeaderFields
    let userAgent: String
    private(set) var list: UnsafeMutablePointer<curl_slist>?

    init(_ fields: HeaderFields, userAgent: String) {
        self.fields = fields
        self.userAgent = userAgent
        for field in fields.fields {
            // libcurl drops a field without a value unless it is written with a semicolon.
            append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        if fields["User-Agent"] == nil { append("User-Agent: \(userAgent)") }
        // Without this libcurl waits up to a second for `100 Continue` before a body above 1 MiB.
        append("Expect:")
    }

    deinit { unsafe curl_slist_free_all(list) }

    private func append(_ line: String) {
        // A line break would begin a header field of the value's choosing.
        let isClean = line.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
        let clean = isClean ? line : String(line.unicodeScalars.filter { $0.value >= 0x20 })
        if let longer = unsafe curl_slist_append(list, clean) { unsafe list = longer }
    }
}
