internal import Glibc

/// A process, told apart from a later one of the same number by its start: field 22 of /proc/PID/stat, in clock ticks since
/// the machine's start (proc_pid_stat(5)).
struct ProcessIdentity: Sendable, Hashable {
    let number: Int
    let start: Int

    /// This process.
    static let current: ProcessIdentity = {
        let number = Int(getpid())
        return ProcessIdentity(number: number, start: start(of: number) ?? 0)
    }()

    /// Reads a file of /proc: not for the event loop.
    var isAlive: Bool { Self.start(of: number) == start }

    /// Nil when there is no such process, or only what is left of one that its parent has not looked after.
    private static func start(of number: Int) -> Int? {
        guard let bytes = try? SmallFile.read("/proc/\(number)/stat", limit: 4096) else { return nil }
        // The name before may hold spaces and parentheses.
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, fields[0].first != UInt8(ascii: "Z") else { return nil }
        return Int(String(decoding: fields[19], as: UTF8.self))
    }
}
