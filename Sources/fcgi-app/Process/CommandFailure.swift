/// Why a command ends without having done its work: one line for a person, and the exit code.
struct CommandFailure: Error {
    /// Codes of `<sysexits.h>`, so that a script can tell a wrong setting from a missing disk.
    enum Code: Int32 {
        case findings = 1
        case ledgerDiffers = 3
        case usage = 64
        case storage = 69
        case cannotCreate = 73
        case settings = 78
    }

    let message: String
    let code: Code

    init(_ message: String, code: Code) {
        self.message = message
        self.code = code
    }
}
