internal import Core

extension OperationCatalog {
    static let operations: Area = [
        "GET /healthz": Operation(
            summary: "Whether the process lives", success: .bodies([.json(.named("Health"))])),
        "GET /readyz": Operation(
            summary: "Whether the process takes work", success: .bodies([.json(.named("Health"))]),
            others: [503: .named("Unready")]),
        "GET /metrics": Operation(
            summary: "Counts of all workers, in Prometheus' text format",
            description: "Brook's nginx files let only the host itself read it.",
            success: .bodies([Operation.Content("text/plain", .text)]), errors: [403]),
        "GET /openapi.json": Operation(
            summary: "This document", success: .bodies([.json(.open(["openapi": .text], required: ["openapi"]))])),
    ]
}
