internal import Core
internal import FoundationEssentials

/// The one JSON file: an object whose members are named like the settings.
struct SettingsFile {
    let path: String
    /// The text of each value given, as the environment would spell it.
    let values: [String: String]

    init(path: String) throws(SettingsError) {
        try self.init(path: path, bytes: try Self.read(path))
    }

    init(path: String, bytes: [UInt8]) throws(SettingsError) {
        let document: JSONValue
        do {
            document = try JSONParser.parse(bytes)
        } catch {
            throw .malformed(file: path, reason: "\(error)")
        }
        guard let object = document.object else { throw .malformed(file: path, reason: "it is \(document.kind)") }
        var values: [String: String] = [:]
        for member in object.members {
            guard let setting = Setting.all.first(where: { $0.name == member.name }) else {
                throw .unknownName(member.name, file: path)
            }
            if member.value.isNull { continue }
            guard let text = Self.text(of: member.value) else {
                throw .wrongValue(setting, value: member.value.kind, origin: .file(path))
            }
            values[member.name] = text
        }
        self.path = path
        self.values = values
    }

    /// Nil for arrays and objects, which no setting takes.
    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.int.map { String($0) } ?? number.text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    private static func read(_ path: String) throws(SettingsError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .unreadable(file: path, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .some(.fileNoSuchFile), .some(.fileReadNoSuchFile): "there is no such file"
        case .some(.fileReadNoPermission): "its permissions do not allow it"
        default: "it is no regular file"
        }
    }
}
