internal import CCurl
internal import Core

/// An address as libcurl has parsed it. Calls of one model mostly go to the same, and parsing takes libcurl a tenth of
/// what it does for a call.
@safe final class CurlURL {
    let parts: OpaquePointer

    init(_ url: String) throws(TransportError) {
        guard let parts = unsafe curl_url() else { throw .badRequest("libcurl has no memory for a call") }
        unsafe self.parts = parts
        // What was signed is what is sent: no path is normalised.
        let code = unsafe curl_url_set(parts, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS))
        guard code == CURLUE_OK else { throw .badRequest(unsafe String(cString: curl_url_strerror(code))) }
    }

    deinit { unsafe curl_url_cleanup(parts) }
}
