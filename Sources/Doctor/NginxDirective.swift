/// One directive of an nginx configuration, such as `listen 443 ssl;` or `server { … }`.
package struct NginxDirective: Sendable, Equatable {
    package let name: String
    package let arguments: [String]
    /// The directives of a block, with what it includes in the place of each `include`; nil for a simple directive.
    package let block: [NginxDirective]?

    package init(_ name: String, _ arguments: [String] = [], block: [NginxDirective]? = nil) {
        self.name = name
        self.arguments = arguments
        self.block = block
    }
}

extension [NginxDirective] {
    /// Those of that name, not looking into blocks.
    func named(_ name: String) -> [NginxDirective] { filter { $0.name == name } }

    /// The arguments of the last one of that name, which is the one that nginx goes by where only one may stand.
    func value(_ name: String) -> [String]? { last { $0.name == name }?.arguments }
}
