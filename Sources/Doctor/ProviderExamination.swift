package import Core
package import EventLoop
package import Providers

/// Whether the models' providers can be reached from here, with which credentials, and whether their clocks agree with
/// this host's. Asks each address once, for its root, without credentials: no call is made that costs anything.
@LoopActor
package struct ProviderExamination {
    private let transport: any Transport
    private let credentials: any CredentialSource
    private let environment: AWSEnvironment
    private let clock: any WallClock

    /// AWS refuses signatures whose time is off by more.
    private static let clockTolerance: Int64 = 300
    private static let deadlines = Deadlines(
        connect: .seconds(5), firstByte: .seconds(10), idle: .seconds(5), total: .seconds(15))

    package init(
        transport: any Transport, credentials: any CredentialSource, environment: AWSEnvironment, clock: any WallClock
    ) {
        self.transport = transport
        self.credentials = credentials
        self.environment = environment
        self.clock = clock
    }

    package func findings(_ models: [ModelRecord]) async -> [Finding] {
        var addresses: [(address: String, models: [String])] = []
        var findings: [Finding] = []
        for model in models {
            do throws(GatewayError) {
                let found = try ProviderAddresses.of(
                    provider: model.provider, config: model.config, environment: environment)
                for address in found {
                    if let index = addresses.firstIndex(where: { $0.address == address }) {
                        addresses[index].models.append(model.name)
                    } else {
                        addresses.append((address, [model.name]))
                    }
                }
            } catch {
                findings.append(Finding(.failure, "model \(model.name)", error.cause ?? error.message))
            }
        }
        for (address, models) in addresses { findings += await reach(address, for: models) }
        if let finding = await ownCredentials(models) { findings.append(finding) }
        return findings
    }

    private func reach(_ address: String, for models: [String]) async -> [Finding] {
        let names = models.prefix(3).joined(separator: ", ") + (models.count > 3 ? ", …" : "")
        do throws(TransportError) {
            let request = TransportRequest(method: "GET", url: address + "/", deadlines: Self.deadlines)
            let answer = try await transport.send(request)
            defer { answer.cancel() }
            // Any status is an answer: this asks for nothing that is there.
            let reached = Finding(.good, "provider", "\(address) answers (\(names))")
            guard let date = answer.headers["Date"], let theirs = HTTPDate.seconds(date) else { return [reached] }
            let skew = clock.now.seconds - theirs
            guard abs(skew) > Self.clockTolerance else { return [reached] }
            return [
                reached,
                Finding(
                    .failure, "clock",
                    "\(abs(skew)) s \(skew > 0 ? "ahead of" : "behind") \(address), so that signatures are refused: set the "
                        + "clock, and have systemd-timesyncd or chrony keep it"),
            ]
        } catch {
            return [
                Finding(
                    .failure, "provider",
                    "\(address) cannot be reached (\(names)), \(Self.describe(error)): look at DNS, the firewall and "
                        + "the model's config")
            ]
        }
    }

    private static func describe(_ error: TransportError) -> String {
        switch error {
        case .connect(let reason), .cut(let reason), .badRequest(let reason): reason
        case .timeout(let phase): "no answer within the limit (\(phase.rawValue))"
        case .cancelled, .tooLarge: "\(error)"
        }
    }

    private func ownCredentials(_ models: [ModelRecord]) async -> Finding? {
        let users = models.filter { ProviderAddresses.usesOwnSurroundings(provider: $0.provider, config: $0.config) }
        guard let first = users.first else { return nil }
        do throws(CredentialError) {
            _ = try await credentials.authorization()
            return Finding(
                .good, "credentials", "AWS credentials for \(users.count) models without their own are there")
        } catch {
            return Finding(
                .failure, "credentials",
                "model \(first.name) has none of its own, and \(error.reason): set config.credentials, or "
                    + "AWS_… in /etc/default/brook")
        }
    }
}
