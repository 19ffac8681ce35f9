package import Core
internal import EventLoop

/// One entry of the table: a method, the paths, who may call it, and what it does.
package struct Route: Sendable {
    package enum Access: String, Sendable, CaseIterable {
        /// Without a key.
        case open
        /// With any key in force.
        case key
        case admin
    }

    /// What a route does. The kind of handler decides who may call it: the ones that need a key are given one, so a
    /// route cannot forget to ask for it.
    package enum Action: Sendable {
        case open(OpenHandler)
        case keyed(KeyedHandler)
        /// Answers a caller without a key that proves itself by its body.
        case callback(CallbackHandler)
        /// Answers by itself, in pieces.
        case stream(StreamHandler)
        /// Answers the `data` of the management envelope to any key, about its own rows.
        case user(ManagementHandler)
        /// Answers the `data` of the management envelope to an administrator.
        case admin(ManagementHandler)
        /// Answers an administrator by itself, in pieces.
        case adminStream(AdminStreamHandler)
    }

    package typealias OpenHandler = @Sendable @LoopActor (OpenCall) async throws(GatewayError) -> HTTPResponse
    package typealias CallbackHandler = @Sendable @LoopActor (CallbackCall) async throws(GatewayError) -> HTTPResponse
    package typealias KeyedHandler = @Sendable @LoopActor (KeyedCall) async throws(GatewayError) -> HTTPResponse
    package typealias StreamHandler =
        @Sendable @LoopActor (any HTTPExchange, KeyRecord) async throws(GatewayError) -> Void
    package typealias ManagementHandler = @Sendable @LoopActor (KeyedCall) async throws(GatewayError) -> JSONValue
    package typealias AdminStreamHandler = @Sendable @LoopActor (KeyedCall) async throws(GatewayError) -> Void

    /// For a table that is only looked at.
    package static let unserved: StreamHandler = { _, _ throws(GatewayError) in
        throw .internal(cause: "nothing serves this route")
    }
    package static let unservedCallback: CallbackHandler = { _ throws(GatewayError) in
        throw .internal(cause: "nothing serves this route")
    }
    package static let unservedManagement: ManagementHandler = { _ throws(GatewayError) in
        throw .internal(cause: "nothing serves this route")
    }

    package let method: String
    package let pattern: RoutePattern
    package let action: Action

    package init(_ method: String, _ pattern: String, _ action: Action) {
        self.method = method
        self.pattern = RoutePattern(pattern)
        self.action = action
    }

    package var access: Access {
        switch action {
        case .open, .callback: .open
        case .keyed, .stream, .user: .key
        case .admin, .adminStream: .admin
        }
    }
}

/// A call of a route that needs no key.
package struct OpenCall: Sendable {
    package let request: HTTPRequest
    package let services: Services
}

/// A call by a platform, which has no key.
package struct CallbackCall {
    package let exchange: any HTTPExchange
    /// The values of the pattern's placeholders.
    package let parameters: [String]
}

/// A call of a route by the holder of a key.
package struct KeyedCall {
    package let exchange: any HTTPExchange
    package let key: KeyRecord
    /// The values of the pattern's placeholders.
    package let parameters: [String]
    package let services: Services

    package var request: HTTPRequest { exchange.request }
    /// Who makes a change, for the audit.
    var author: Operator { Operator(keyID: key.id, name: key.name) }
}
