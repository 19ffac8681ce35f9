package import EventLoop

/// What keeps a FastCGI server from starting.
package enum FastCGIError: Error, Equatable, CustomStringConvertible {
    /// `FCGX_Init` failed with this code.
    case library(Int32)
    /// The descriptor is no listening socket, as when the program is started from a shell.
    case notListening(descriptor: Int32)
    case system(SystemCallError)

    package var description: String {
        switch self {
        case .library(let code): "libfcgi could not be initialised (FCGX_Init: \(code))"
        case .notListening(let descriptor):
            "descriptor \(descriptor) is not a listening socket: start brook under spawn-fcgi "
                + "(spawn-fcgi -n -s /path/brook.sock -- brook serve), or use ./install.sh --local"
        case .system(let error): error.description
        }
    }
}
