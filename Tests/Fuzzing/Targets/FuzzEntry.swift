import Core
import Glibc

/// Hands the program to libFuzzer, which gives ``FuzzTarget/chosen`` one input after another.
/// https://llvm.org/docs/LibFuzzer.html
@main
enum FuzzEntry {
    static func main() {
        var count = CommandLine.argc
        var arguments: FuzzArguments? = CommandLine.unsafeArgv
        exit(
            runFuzzer(&count, &arguments) { start, count in
                FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
                return 0
            })
    }
}

typealias FuzzArguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<FuzzArguments?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What is fuzzed; the environment variable `BROOK_FUZZ` names it.
enum FuzzTarget: String {
    case eventstream
    case requests
    case sse

    static let chosen: FuzzTarget = {
        let name = getenv("BROOK_FUZZ").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget(rawValue: name) else { fatalError("BROOK_FUZZ names no target: '\(name)'") }
        return target
    }()

    func run(_ input: [UInt8]) {
        switch self {
        case .eventstream: EventStreamFuzzing.run(input)
        case .requests: RequestFuzzing.run(input)
        case .sse: ServerSentEventFuzzing.run(input)
        }
    }
}

/// Ends the program when a property does not hold, whatever the build's optimization.
func require(_ condition: Bool, _ property: @autoclosure () -> String) {
    if !condition { fatalError(property()) }
}
