internal import Core

/// Takes the arguments of the tool that stands for an answer out of a lone `properties` member around them.
///
/// The first characters tell whether there is one. Without it the text goes on as it comes.
struct JSONUnwrapping: Sendable {
    private enum State: Sendable { case undecided, passing, holding, ended }

    private static let wrapper = #"{"properties":"#
    private var state: State
    private var held = ""

    init(isNeeded: Bool) { state = isNeeded ? .undecided : .passing }

    /// The text that can go on now.
    mutating func take(_ text: String) -> String {
        switch state {
        case .passing: return text
        case .ended: return ""
        case .holding:
            held += text
            return ""
        case .undecided:
            held += text
            let start = held.filter { !$0.isWhitespace }.prefix(Self.wrapper.count)
            guard Self.wrapper.hasPrefix(start) else {
                state = .passing
                defer { held = "" }
                return held
            }
            if start.count == Self.wrapper.count { state = .holding }
            return ""
        }
    }

    /// What was held, unwrapped. Nothing the second time.
    mutating func finish() -> String {
        defer {
            state = .ended
            held = ""
        }
        guard state == .holding, let object = (try? JSONParser.parse(held))?.object, object.count == 1,
            let inner = object["properties"], inner.object != nil
        else { return held }
        return inner.text
    }
}
