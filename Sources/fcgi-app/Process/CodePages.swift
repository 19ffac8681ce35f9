internal import FoundationEssentials
internal import Glibc

/// The program's own machine code in memory.
enum CodePages {
    /// Hands back the pages of code that starting up has touched, most of which an idle worker never needs again.
    ///
    /// They are clean copies of files, so the kernel maps one again at its next use, from its cache. Mappings that may be
    /// written, or that are not executable, are left alone: those can hold relocated data. Without effect where
    /// `/proc` is not mounted.
    static func release() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for line in maps.split(separator: "\n") {
            // 55d0c8a00000-55d0c9800000 r-xp 00200000 08:01 1234  /path
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }).hasPrefix("/") else {
                continue
            }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            _ = unsafe madvise(
                UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
