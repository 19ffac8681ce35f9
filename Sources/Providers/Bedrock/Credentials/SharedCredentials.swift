/// The INI text of AWS's shared credentials file.
enum SharedCredentials {
    /// Finds a profile's key pair. Later lines win over earlier ones of the same name; unknown names are ignored.
    static func parse(_ text: String, profile: String) -> Result<AWSCredentials, CredentialError> {
        var isInside = false
        var wasFound = false
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                isInside = trimmed(line.dropFirst().prefix { $0 != "]" }) == profile[...]
                wasFound = wasFound || isInside
            } else if isInside, let equals = line.firstIndex(of: "=") {
                values[trimmed(line[..<equals]).lowercased()] = String(trimmed(line[line.index(after: equals)...]))
            }
        }
        guard wasFound else {
            return .failure(
                CredentialError(
                    "the shared credentials file has no profile [\(profile)]", isAbsence: profile == "default"))
        }
        guard let id = values["aws_access_key_id"], !id.isEmpty,
            let secret = values["aws_secret_access_key"], !secret.isEmpty
        else {
            return .failure(
                CredentialError(
                    "profile [\(profile)] of the shared credentials file lacks aws_access_key_id or "
                        + "aws_secret_access_key"))
        }
        let token = values["aws_session_token"] ?? values["aws_security_token"]
        return .success(
            AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: token?.isEmpty == false ? token : nil))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
