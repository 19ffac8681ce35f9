internal import Core
internal import Providers

/// The members of a webhook's `config`.
enum WebhookConfig {
    private struct Member {
        let name: String
        let isRequired: Bool
        let isSecret: Bool

        init(_ name: String, required: Bool = false, secret: Bool = false) {
            self.name = name
            isRequired = required
            isSecret = secret
        }
    }

    private static let members = [
        Member("appId", required: true), Member("appSecret", required: true, secret: true),
        Member("apiKey", required: true, secret: true), Member("modelId", required: true),
        Member("verificationToken", secret: true), Member("encryptKey", secret: true), Member("baseUrl"),
    ]

    static let names = members.map(\.name)
    private static let longestValue = 1000

    /// 400 naming the first member that is unknown, missing or not usable.
    static func check(_ config: JSONObject) throws(GatewayError) {
        for member in config.members where !names.contains(member.name) {
            let name = String(member.name.prefix(100))
            throw .invalid(
                "config.\(name): there is no such setting. Known ones: \(names.joined(separator: ", ")).",
                param: "config.\(name)", code: "unknown_field")
        }
        for member in members {
            let param = "config.\(member.name)"
            guard let value = config.present(member.name) else {
                if member.isRequired { throw .invalid("\(param): is required.", param: param, code: "missing_field") }
                continue
            }
            guard let text = value.string else {
                throw .invalid("\(param): must be a string, not \(value.kind).", param: param, code: "invalid_type")
            }
            guard text.utf8.count <= longestValue, !text.hasControlCharacters else {
                throw .invalid(
                    "\(param): must have at most \(longestValue) bytes and no control characters.", param: param)
            }
            guard !text.isEmpty || !member.isRequired else {
                throw .invalid("\(param): must not be empty.", param: param)
            }
        }
        if let address = config.present("baseUrl")?.string, !address.isEmpty { try checkAddress(address) }
    }

    private static func checkAddress(_ address: String) throws(GatewayError) {
        let rest = ["https://", "http://"].first { address.hasPrefix($0) }.map { address.dropFirst($0.count) }
        guard let rest, let host = rest.split(separator: "/", omittingEmptySubsequences: false).first, !host.isEmpty,
            !address.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" || $0 == "@" })
        else {
            throw .invalid(
                "config.baseUrl: must be an address such as https://open.feishu.cn, without a query.",
                param: "config.baseUrl")
        }
    }

    /// The configuration as an answer may show it.
    static func masked(_ config: JSONObject) -> JSONObject {
        var shown = config
        for member in members where member.isSecret {
            if let value = config[member.name] { shown[member.name] = SecretMask.mask(value) }
        }
        return shown
    }

    /// `new` as it is to be stored: a masked secret stands for the one that `old` has.
    static func merged(_ new: JSONObject, over old: JSONObject) throws(GatewayError) -> JSONObject {
        var merged = new
        for member in members where member.isSecret {
            guard let value = new[member.name] else { continue }
            merged[member.name] = try SecretMask.merge(value, over: old[member.name], at: "config.\(member.name)")
        }
        return merged
    }
}
