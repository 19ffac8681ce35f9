// swift-tools-version: 6.2
import PackageDescription

// The modules that read foreign bytes, built anew with counters at each branch, and the program that fuzzes them. Apart from
// the package of the program, which knows nothing of this one; its sources stand behind the link `Modules`.

let language: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Branches and comparisons are counted here, and nowhere else.
let counted: [SwiftSetting] = language + [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]

/// `libclang_rt.fuzzer_no_main` of the toolchain, which `run` finds: the program has a `main` of its own.
let fuzzer = Context.environment["BROOK_FUZZER"] ?? "libFuzzer, which Tests/Fuzzing/run names"

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let heaps = Target.Dependency.product(name: "HeapModule", package: "swift-collections")

func module(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = counted) -> Target {
    .target(name: name, dependencies: dependencies, path: "Modules/" + name, swiftSettings: settings)
}

let package = Package(
    name: "brook-fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLinux", path: "Modules/CLinux"),
        module("EventLoop", ["CLinux", heaps], language),
        module("Core", ["EventLoop", "CLinux"]),
        module("Providers", ["Core", "EventLoop", crypto]),
        module("Gateway", ["Core", "EventLoop", "Providers", crypto, logging], language),
        module("Bots", ["Core", "EventLoop", "Gateway", crypto, cryptoExtras, logging], language),
        module("Routes", ["Core", "EventLoop", "Gateway", "Providers", "Bots", crypto, logging]),
        .executableTarget(
            name: "Fuzzing", dependencies: ["Core", "Providers", "Routes"], path: "Targets", swiftSettings: language,
            linkerSettings: [.unsafeFlags([fuzzer, "-lstdc++"])]),
    ]
)
