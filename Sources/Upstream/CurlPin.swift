internal import CCurl
internal import Core

/// `CURLOPT_CONNECT_TO`: has a call connect to one address, whichever host and port its URL names. libcurl then looks no
/// name up. Must live as long as the call.
@safe final class CurlPin {
    let list: UnsafeMutablePointer<curl_slist>

    /// `HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT`, where an empty host or port in front means any, and an empty one
    /// behind the URL's own.
    init(_ address: IPAddress) throws(TransportError) {
        let host =
            switch address {
            case .v4: "\(address)"
            case .v6: "[\(address)]"
            }
        guard let list = unsafe curl_slist_append(nil, "::\(host):") else {
            throw .badRequest("libcurl has no memory for a call")
        }
        unsafe self.list = list
    }

    deinit { unsafe curl_slist_free_all(list) }
}
