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
        do throws(GatewayError) {
            return try find(request.headers, isCall: isCall)
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

    @LoopActor
    private func find(_ headers: HeaderFields, isCall: Bool) throws(GatewayError) -> KeyRecord {
        guard let text = Self.credential(headers) else {
            throw .invalidKey("No API key given. Send 'Authorization: Bearer <key>' or 'x-api-key: <key>'.")
        }
        let now = services.clock.now
        guard let key = APIKey(text), let record = try record(of: key, month: now.month, isCall: isCall) else {
            throw .invalidKey("Incorrect API key.")
        }
        guard !record.isDisabled else { throw .invalidKey("The API key is disabled.") }
        if let expiry = record.expiresAt, expiry <= now { throw .invalidKey("The API key has expired.") }
        return record
    }

    @LoopActor
    private func record(of key: APIKey, month: BillingMonth, isCall: Bool) throws(GatewayError) -> KeyRecord? {
        let keys = services.stores.keys
        do throws(StorageError) {
            return isCall ? try keys.caller(key.hash, month: month) : try keys.key(.hash(key.hash), month: month)
        } catch {
            throw GatewayError(storage: error)
        }
    }

    /// A bearer token (RFC 6750 section 2.1; the scheme compares without case, RFC 9110 section 11.1), else `x-api-key`.
    private static func credential(_ headers: HeaderFields) -> String? {
        if let field = headers["authorization"] {
            let parts = field.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
            if parts.count == 2, String(Substring(parts[0])).equalsIgnoringCase("Bearer") {
                return String(Substring(parts[1]))
            }
        }
        guard let key = headers["x-api-key"]?.trimmingSpace(), !key.isEmpty else { return nil }
        return key
    }
}
