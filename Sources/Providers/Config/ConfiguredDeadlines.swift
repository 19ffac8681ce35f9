package import Core

/// Reads `config.timeouts`: `{connect_ms, first_byte_ms, idle_ms, total_ms}`, each optional, in milliseconds.
package enum ConfiguredDeadlines {
    package static let field = ConfigField(
        "timeouts", .object,
        "Milliseconds: connect_ms (5000), first_byte_ms (300000), idle_ms (300000), total_ms (1800000).")

    /// A day; a longer call would outlive what the ledger's holds are meant for.
    private static let longest = 86_400_000

    /// 400 naming the member that is unknown or no number of milliseconds from 1 to a day.
    package static func read(_ config: JSONObject) throws(GatewayError) -> Deadlines {
        var deadlines = Deadlines()
        guard let timeouts = config.present("timeouts") else { return deadlines }
        guard let members = timeouts.object?.members else {
            throw .invalid("config.timeouts: must be an object, not \(timeouts.kind).", param: "config.timeouts")
        }
        for member in members where !member.value.isNull {
            let param = "config.timeouts.\(member.name)"
            guard let limit = member.value.int, (1...longest).contains(limit) else {
                throw .invalid("\(param): give milliseconds from 1 to \(longest).", param: param)
            }
            let duration = Duration.milliseconds(limit)
            switch member.name {
            case "connect_ms": deadlines.connect = duration
            case "first_byte_ms": deadlines.firstByte = duration
            case "idle_ms": deadlines.idle = duration
            case "total_ms": deadlines.total = duration
            default:
                throw .invalid(
                    "\(param): there is no such timeout. Known ones: connect_ms, first_byte_ms, idle_ms, total_ms.",
                    param: param, code: "unknown_field")
            }
        }
        return deadlines
    }
}
