internal import ArgumentParser
internal import Doctor
internal import Glibc

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Ask the workers behind a socket whether they are ready.",
        discussion: """
            Sends GET /readyz to the socket, as nginx would, and prints the answer. Exit codes: 0 ready; 1 not.

            Example:
              $ brook probe /run/brook/brook.sock
            """)

    @Argument(help: "The Unix socket that the workers listen at.")
    var socket: String

    func run() throws {
        do throws(SocketProbe.Failure) {
            let answer = try SocketProbe(path: socket).run()
            guard answer.status == 200 else {
                throw SocketProbe.Failure(reason: "/readyz answers \(answer.status): \(answer.body)")
            }
            StandardOutput.write(line: answer.body)
        } catch {
            throw CommandFailure("\(socket): \(error.reason)", code: .findings)
        }
    }
}
