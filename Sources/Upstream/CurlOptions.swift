internal import CCurl
internal import Core
internal import EventLoop

/// The options of a call, and what libcurl's codes mean for it.
enum CurlOptions {
    /// What every call has alike. Set once on a handle, which then keeps it from call to call.
    @LoopActor
    static func setFixed(on easy: UnsafeMutableRawPointer, multi: CurlMulti) throws(TransportError) {
        var option = unsafe Setter(easy: easy)
        unsafe option.string(CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe option.string(CURLOPT_PROXY, "")
        unsafe option.long(CURLOPT_PATH_AS_IS, 1)
        unsafe option.long(CURLOPT_NOSIGNAL, 1)
        unsafe option.long(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        unsafe option.long(CURLOPT_TCP_KEEPALIVE, 1)
        // Both buffers live as long as the call, and most calls are streams of small pieces.
        unsafe option.long(CURLOPT_BUFFERSIZE, 2 * 1024)
        unsafe option.long(CURLOPT_UPLOAD_BUFFERSIZE, 16 * 1024)
        unsafe option.callback(CURLOPT_HEADERFUNCTION, curlReceivesHeader)
        unsafe option.callback(CURLOPT_WRITEFUNCTION, curlReceivesBody)
        unsafe option.close(curlClosesSocket)
        unsafe option.pointer(CURLOPT_CLOSESOCKETDATA, multi.context)
        let code = unsafe option.code
        guard code == CURLE_OK else { throw error(code) }
    }

    /// What one call has of its own. A handle of which ``isPlain(_:)`` holds takes the next call's over it.
    @LoopActor
    static func set(
        on easy: UnsafeMutableRawPointer, for request: TransportRequest, fields: CurlHeaderList, upload: CurlUpload?,
        pin: CurlPin?, context: UnsafeMutableRawPointer, multi: CurlMulti, onNewConnection: Bool
    ) throws(TransportError) {
        var option = unsafe Setter(easy: easy)
        unsafe option.long(CURLOPT_FRESH_CONNECT, multi.hasRestingConnection && !onNewConnection ? 0 : 1)
        unsafe option.long(
            CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: request.deadlines.connect.nanosecondsClamped / 1_000_000))
        unsafe option.list(CURLOPT_HTTPHEADER, fields.list)
        unsafe option.pointer(CURLOPT_HEADERDATA, context)
        unsafe option.pointer(CURLOPT_WRITEDATA, context)
        unsafe setMethod(request, upload: upload, with: &option)
        if let pin { unsafe setPin(pin, with: &option) }
        let code = unsafe option.code
        guard code == CURLE_OK else { throw error(code) }
    }

    /// Where the handle's next calls go. libcurl reads `url` until another takes its place.
    static func set(_ url: CurlURL, on easy: UnsafeMutableRawPointer) throws(TransportError) {
        var option = unsafe Setter(easy: easy)
        // Without this, what libcurl made of the address before would stay.
        unsafe option.pointer(CURLOPT_URL, nil)
        unsafe option.pointer(CURLOPT_CURLU, UnsafeMutableRawPointer(url.parts))
        let code = unsafe option.code
        guard code == CURLE_OK else { throw error(code) }
    }

    /// Whether the call leaves no option behind that the next would not set itself.
    static func isPlain(_ request: TransportRequest) -> Bool {
        (request.method == "POST" || request.method == "GET") && request.body.count <= CurlUpload.inline
            && request.pinnedAddress == nil
    }

    /// Takes a plain call's body and header fields off its handle: they are not kept while nothing needs them.
    static func clear(_ easy: UnsafeMutableRawPointer) {
        var option = unsafe Setter(easy: easy)
        unsafe option.list(CURLOPT_HTTPHEADER, nil)
        unsafe option.pointer(CURLOPT_COPYPOSTFIELDS, nil)
    }

    /// A connection that was made for another purpose may lead elsewhere, and this one is for nobody else.
    private static func setPin(_ pin: CurlPin, with option: inout Setter) {
        unsafe option.list(CURLOPT_CONNECT_TO, pin.list)
        unsafe option.long(CURLOPT_FRESH_CONNECT, 1)
        unsafe option.long(CURLOPT_FORBID_REUSE, 1)
        // Files come in large pieces.
        unsafe option.long(CURLOPT_BUFFERSIZE, 64 * 1024)
    }

    private static func setMethod(_ request: TransportRequest, upload: CurlUpload?, with option: inout Setter) {
        guard request.method != "GET" else {
            unsafe option.long(CURLOPT_HTTPGET, 1)
            return
        }
        unsafe option.long(CURLOPT_POST, 1)
        if request.method != "POST" { unsafe option.string(CURLOPT_CUSTOMREQUEST, request.method) }
        if request.body.count > CurlUpload.inline, let upload {
            let context = unsafe Unmanaged.passUnretained(upload).toOpaque()
            unsafe option.long(CURLOPT_UPLOAD_BUFFERSIZE, 64 * 1024)
            unsafe option.offset(CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
            unsafe option.callback(CURLOPT_READFUNCTION, curlReadsBody)
            unsafe option.pointer(CURLOPT_READDATA, context)
            unsafe option.seek(curlSeeksBody)
            unsafe option.pointer(CURLOPT_SEEKDATA, context)
        } else {
            unsafe option.copiedBody(request.body)
        }
    }

    /// libcurl's texts name hosts and reasons, never header fields or bodies.
    static func error(_ code: CURLcode) -> TransportError {
        let text = unsafe String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .badRequest(text)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CACERT_BADFILE:
            return .connect(text)
        // The only time-out that libcurl itself is given is the one for connecting.
        case CURLE_OPERATION_TIMEDOUT: return .timeout(.connect)
        default: return .cut(text)
        }
    }

    /// Sets options until the first that libcurl refuses.
    @unsafe struct Setter {
        let easy: UnsafeMutableRawPointer
        private(set) var code = CURLE_OK

        init(easy: UnsafeMutableRawPointer) { unsafe self.easy = easy }

        private mutating func keep(_ new: CURLcode) { if unsafe code == CURLE_OK { unsafe code = new } }

        mutating func long(_ option: CURLoption, _ value: Int) { unsafe keep(brook_easy_set_long(easy, option, value)) }
        mutating func offset(_ option: CURLoption, _ value: Int) {
            unsafe keep(brook_easy_set_offset(easy, option, value))
        }
        mutating func string(_ option: CURLoption, _ value: String) {
            unsafe keep(brook_easy_set_string(easy, option, value))
        }
        mutating func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
            unsafe keep(brook_easy_set_pointer(easy, option, value))
        }
        mutating func list(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
            unsafe keep(brook_easy_set_slist(easy, option, value))
        }
        mutating func callback(_ option: CURLoption, _ value: brook_curl_data_callback) {
            unsafe keep(brook_easy_set_data_callback(easy, option, value))
        }
        mutating func close(_ value: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t) -> CInt) {
            unsafe keep(brook_easy_set_close_callback(easy, value))
        }
        mutating func seek(_ value: @convention(c) (UnsafeMutableRawPointer?, curl_off_t, CInt) -> CInt) {
            unsafe keep(brook_easy_set_seek_callback(easy, value))
        }
        mutating func copiedBody(_ body: [UInt8]) {
            unsafe body.withUnsafeBytes { bytes in
                unsafe keep(brook_easy_set_copied_body(easy, bytes.baseAddress, bytes.count))
            }
        }
    }
}
