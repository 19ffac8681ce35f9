internal import Doctor
internal import FoundationEssentials
internal import Glibc

/// What `nginx -T` prints: the whole configuration, which only root may read on most hosts.
enum NginxDump {
    private static let largest = 32 << 20

    /// From a file that somebody made with `nginx -T`, or from nginx itself.
    static func read(file: String?) throws(CommandFailure) -> NginxConfiguration {
        let text = if let file { try contents(file) } else { try run() }
        guard let configuration = NginxConfiguration(dump: text) else {
            throw CommandFailure(
                "\(file ?? "nginx -T") is no configuration: run `nginx -T` as root and look at its message",
                code: .usage)
        }
        return configuration
    }

    private static func contents(_ path: String) throws(CommandFailure) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= largest else {
            throw CommandFailure("\(path) cannot be read: make it with `nginx -T > \(path)`", code: .usage)
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Through the shell, so that nginx is found as install.sh finds it. The command is fixed.
    private static func run() throws(CommandFailure) -> String {
        let command =
            "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; command -v nginx >/dev/null && exec nginx -T 2>/dev/null"
        guard let pipe = unsafe popen(command, "r") else {
            throw CommandFailure("nginx cannot be asked: no process can be started", code: .usage)
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while output.count <= largest {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, pipe) }
            guard count > 0 else { break }
            output += buffer.prefix(count)
        }
        let status = unsafe pclose(pipe)
        guard status == 0 else {
            throw CommandFailure(
                "`nginx -T` fails: run `nginx -t` as root, and mend what it names", code: .usage)
        }
        return String(decoding: output, as: UTF8.self)
    }
}
