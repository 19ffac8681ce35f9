internal import CCurl
internal import Glibc

/// A request body that libcurl reads piece by piece while the socket takes it, so that a large one needs neither a
/// second copy nor a long stay on the loop.
final class CurlUpload {
    /// Bodies up to this size are handed over as a whole, which spares the calls.
    static let inline = 64 * 1024

    let body: [UInt8]
    private var offset = 0

    init(_ body: [UInt8]) { self.body = body }

    fileprivate func fill(_ target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, body.count - offset)
        unsafe body[offset..<offset + count].withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        offset += count
        return count
    }

    /// libcurl goes back to the start when it has to send the request again on another connection.
    fileprivate func seek(to position: Int) -> Bool {
        guard (0...body.count).contains(position) else { return false }
        offset = position
        return true
    }
}

/// `CURLOPT_READFUNCTION`.
func curlReadsBody(
    _ data: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
    let upload = unsafe Unmanaged<CurlUpload>.fromOpaque(context).takeUnretainedValue()
    return unsafe upload.fill(UnsafeMutableRawBufferPointer(start: data, count: size * count))
}

/// `CURLOPT_SEEKFUNCTION`.
func curlSeeksBody(_ context: UnsafeMutableRawPointer?, offset: curl_off_t, origin: CInt) -> CInt {
    guard let context = unsafe context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    let upload = unsafe Unmanaged<CurlUpload>.fromOpaque(context).takeUnretainedValue()
    return upload.seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}
