/// The text of a statement that is prepared once a connection and kept.
///
/// A class, so that its identity can key the caches of prepared statements: hashing the text at each use would cost more
/// than a point look-up. Values are therefore `static let`s; text that is put together at run time is passed as a string.
final class SQL: Sendable {
    let text: String

    init(_ text: String) { self.text = text }
}
