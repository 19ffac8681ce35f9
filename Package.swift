// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Functions without an actor stay on their caller's, where a call has no hop to check for.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Tests read memory only through the modules they test; strict memory safety is a rule for `Sources`.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
/// AES-CBC, which Feishu encrypts with.
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Folders of a test target that tests read themselves.
let fixtures = ["Providers": ["Bedrock/Fixtures"]]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        path: "Tests/" + name, exclude: fixtures[name] ?? [], swiftSettings: testing)
}

let package = Package(
    name: "brook",
    products: [.executable(name: "brook", targets: ["fcgi-app"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CFastCGI"),
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSwiftRuntime"),

        module("EventLoop", ["CLinux", "CSwiftRuntime", .product(name: "HeapModule", package: "swift-collections")]),
        module("Core", ["EventLoop", "CLinux"]),
        module("Settings", ["Core", logging, .product(name: "Configuration", package: "swift-configuration")]),
        module("FastCGI", ["Core", "EventLoop", "CFastCGI", "CLinux"]),
        module("Upstream", ["Core", "EventLoop", "CCurl", "CLinux"]),
        module("Storage", ["Core", "EventLoop", "CSQLite", "CLinux", crypto]),
        module("Providers", ["Core", "EventLoop", crypto]),
        module("Gateway", ["Core", "EventLoop", "Providers", crypto, logging]),
        module("Bots", ["Core", "EventLoop", "Gateway", crypto, cryptoExtras, logging]),
        module("Routes", ["Core", "EventLoop", "Gateway", "Providers", "Bots", crypto, logging]),
        module("Doctor", ["Core", "EventLoop", "Providers", "CLinux"]),
        .executableTarget(
            name: "fcgi-app",
            dependencies: [
                "Core", "EventLoop", "FastCGI", "Upstream", "Storage", "Providers", "Gateway", "Bots", "Routes",
                "Settings", "Doctor", "CLinux", crypto, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Core", "EventLoop"], path: "Tests/TestSupport", swiftSettings: testing),
        tests("EventLoop", []),
        tests("Settings", ["Core", logging]),
        tests("Core", ["EventLoop"]),
        tests("FastCGI", ["Core", "EventLoop"]),
        tests("Upstream", ["Core", "EventLoop"]),
        tests("Storage", ["Core", "EventLoop"]),
        tests("Providers", ["Core", "EventLoop"]),
        tests("Gateway", ["Core", "EventLoop", "Providers", "Storage", logging]),
        tests("Bots", ["Core", "EventLoop", "Gateway", "Providers", "Storage", crypto, cryptoExtras, logging]),
        tests("Doctor", ["Core", "EventLoop", "Providers"]),
        tests(
            "Routes", ["Core", "EventLoop", "Gateway", "Providers", "Bots", "Storage", crypto, cryptoExtras, logging]),
    ]
)
