internal import EventLoop
internal import Glibc

/// Which process placed a hold. The start time tells it from a later process of the same number, the boot from one
/// before a restart of the machine, the namespace from one of another container whose numbers mean nothing here.
package struct ProcessIdentity: Sendable, Hashable {
    package let processID: Int32
    /// Clock ticks from boot to the process's start: field 22 of `/proc/<pid>/stat` (proc(5)).
    package let startTicks: Int64
    package let pidNamespace: Int64
    package let bootID: String

    package init(processID: Int32, startTicks: Int64, pidNamespace: Int64, bootID: String) {
        self.processID = processID
        self.startTicks = startTicks
        self.pidNamespace = pidNamespace
        self.bootID = bootID
    }

    /// The calling process. What `/proc` does not tell is 0 or empty, the same for every process of the host.
    package static func current() -> ProcessIdentity {
        let boot = (try? SmallFile.read("/proc/sys/kernel/random/boot_id")) ?? []
        let text = String(decoding: boot, as: UTF8.self)
        let namespace = (try? FileIdentity(path: "/proc/self/ns/pid")).map { Int64(bitPattern: $0.number) }
        return ProcessIdentity(
            processID: getpid(), startTicks: startTicks(of: getpid()) ?? 0, pidNamespace: namespace ?? 0,
            bootID: text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "")
    }

    /// Whether `other` has certainly ended. A process of another namespace cannot be seen from here: its holds end
    /// when they expire.
    package func knowsEnd(of other: ProcessIdentity) -> Bool {
        guard other.bootID == bootID else { return true }
        guard other.pidNamespace == pidNamespace else { return false }
        return Self.startTicks(of: other.processID) ?? 0 != other.startTicks
    }

    private static func startTicks(of process: Int32) -> Int64? {
        guard let bytes = try? SmallFile.read("/proc/\(process)/stat") else { return nil }
        // Field 2 is the program's name in parentheses and may itself contain both spaces and parentheses.
        guard let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return Int64(String(decoding: fields[19], as: UTF8.self))
    }
}
