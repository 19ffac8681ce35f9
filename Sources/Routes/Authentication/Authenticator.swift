internal import Core
internal import EventLoop

/// Finds the key of a request. It looks at header fields only, so a request without a right costs no body.
struct Authenticator: Sendable {
    let services: Services

    /// The key that the request names: 401 unless it exists and is in force, 503 when that cannot be found out.
    ///
    /// - Parameter isCall: whether it is a call of a model, for which the record's fees and balance may be some
    ///   milliseconds old.
    @LoopActor
    func key(of request: HTTPRequest, isCall: Bool = false) throws(GatewayError) -> KeyRecord {
        let now = services.clock.now
        do throws(GatewayError) {
            let hash = try Self.hash(request.headers)
            let record: KeyRecord?
            do throws(StorageError) {
                let keys = services.stores.keys
                record = isCall ? try keys.caller(hash, month: now.month) : try keys.key(.hash(hash), month: now.month)
            } catch {
                throw .storage(error)
            }
            return try Self.inForce(record, at: now)
        } catch {
            if error.status == 401 { services.metrics.add(.refusedKey, 1) }
            throw error
        }
    }

    /// 403 unless the key is an administrator's.
    func requireAdmin(_ key: KeyRecord) throws(GatewayError) {
        guard key.role == .admin else {
            throw .forbidden("This needs a key with the role admin.", code: "admin_required")
        }
    }

    private static func hash(_ headers: HeaderFields) throws(GatewayError) -> KeyHash {
        guard let text = credential(headers) else {
            throw .invalidKey("No API key given. Send 'Authorization: Bearer <key>' or 'x-api-key: <key>'.")
        }
        guard let key = APIKey(text) else { throw .invalidKey("Incorrect API key.") }
        return key.hash
    }

    private static func inForce(_ record: KeyRecord?, at now: Timestamp) throws(GatewayError) -> KeyRecord {
        guard let record else { throw .invalidKey("Incorrect API key.") }
        guard !record.isDisabled else { throw .invalidKey("The API key is disabled.") }
        if let expiry = record.expiresAt, expiry <= now { throw .invalidKey("The API key has expired.") }
        return record
    }

    /// A bearer token (RFC 6750 section 2.1; the scheme compares without case, RFC 9110 section 11.1), else `x-api-key`.
    private static func credential(_ headers: HeaderFields) -> String? {
        if let field = headers["authorization"] {
            let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
            let scheme = field.utf8.drop(while: isSpace).prefix { !isSpace($0) }
            let token = field.utf8[scheme.endIndex...].drop(while: isSpace).prefix { !isSpace($0) }
            let isWhole = field.utf8[token.endIndex...].allSatisfy(isSpace)
            if isWhole, !token.isEmpty, String(Substring(scheme)).equalsIgnoringCase("Bearer") {
                return String(Substring(token))
            }
        }
        guard let key = headers["x-api-key"]?.trimmingSpace(), !key.isEmpty else { return nil }
        return key
    }
}
