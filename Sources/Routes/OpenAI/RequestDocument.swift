internal import Core

/// The body of a call as a JSON object.
enum RequestDocument {
    /// 400 when it is none. Pure, so that large bodies can be read on a helper thread.
    static func parse(_ body: [UInt8]) throws(GatewayError) -> JSONObject {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(body)
        } catch {
            throw .invalid("The request body is not valid JSON: \(error).", code: "invalid_json")
        }
        guard case .object(let object) = document else {
            throw .invalid("The request body must be a JSON object, not \(document.kind).", code: "invalid_type")
        }
        return object
    }

    /// The same, and what its members say; a fault in one is a 400 that names it.
    static func read<Request>(
        _ body: [UInt8], _ make: (JSONObject) throws(ChatFieldError) -> Request
    ) throws(GatewayError) -> Request {
        let document = try parse(body)
        do throws(ChatFieldError) { return try make(document) } catch { throw error.gatewayError }
    }
}
