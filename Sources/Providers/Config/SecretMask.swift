package import Core

/// Shows secrets without telling them, and finds them again when the masked text comes back.
///
/// The mask has a constant length. It keeps the first four characters of a secret of at least sixteen, so that an
/// operator can tell two of them apart; a shorter secret shows nothing.
package enum SecretMask {
    static let stars = "****"

    static func mask(_ secret: String) -> String {
        guard !secret.isEmpty else { return "" }
        return secret.utf8.count >= 16 ? secret.prefix(4) + stars : stars
    }

    /// Whether the text can only be a mask: no secret that anybody issues ends in four stars.
    static func isMask(_ text: String) -> Bool { text.hasSuffix(stars) && text.count <= 8 }

    /// Every string within, masked.
    package static func mask(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let secret): .string(mask(secret))
        case .array(let elements): .array(elements.map(mask))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, mask($0.value)) }))
        case .null, .bool, .number: value
        }
    }

    /// `new` with each masked string replaced by the stored secret that it stands for.
    ///
    /// An element of an array is the stored one that looks the same when masked, wherever that now stands; else the one
    /// at its place, so that elements may be removed, moved and edited.
    package static func merge(_ new: JSONValue, over old: JSONValue?, at path: String) throws(GatewayError) -> JSONValue
    {
        switch new {
        case .string(let text):
            guard isMask(text) else { return new }
            guard let stored = old?.string, mask(stored) == text else {
                throw .invalid(
                    "\(path): is a masked value that stands for no stored one. Send the secret itself.", param: path)
            }
            return .string(stored)
        case .array(let elements):
            let stored = old?.array ?? []
            let masked = stored.map(mask)
            var merged: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                let atPlace = stored.indices.contains(index) ? stored[index] : nil
                let same = masked.indices.contains(index) && masked[index] == element
                let match = same ? atPlace : masked.firstIndex(of: element).map { stored[$0] } ?? atPlace
                merged.append(try merge(element, over: match, at: "\(path)[\(index)]"))
            }
            return .array(merged)
        case .object(let object):
            var merged = object
            for member in object.members {
                merged[member.name] = try merge(
                    member.value, over: old?.object?[member.name], at: "\(path).\(member.name)")
            }
            return .object(merged)
        case .null, .bool, .number: return new
        }
    }
}
