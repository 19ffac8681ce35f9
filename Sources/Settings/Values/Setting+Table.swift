extension Setting {
    package static let stateDirectory = Setting(
        "state_dir", .path, default: .text("/var/lib/brook"), effect: .restart,
        "Folder of the database and the key file; belongs to the user that brook runs as.")
    package static let database = Setting(
        "database", .path, default: .inStateDirectory("brook.db"), effect: .restart,
        "The SQLite database. On a local disk: write-ahead logging does not work over NFS.")
    package static let secretKeyFile = Setting(
        "secret_key_file", .path, default: .inStateDirectory("secret.key"), effect: .restart,
        "File with the key that encrypts provider secrets at rest; made with mode 0600 when missing. Back it up apart.")
    package static let adminKey = Setting(
        "admin_key", .operatorKey, default: .none, effect: .restart, secret: true,
        "An admin key of your own choosing, which `brook bootstrap` stores; without it one is made.")
    package static let logLevel = Setting(
        "log_level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
        default: .text("info"), effect: .reload,
        "The least severe events that are logged, as JSON lines on standard error.")
    package static let recordText = Setting(
        "record_text", .flag, default: .text("true"), effect: .reload,
        "Whether prompts and answers are stored with the records of calls; can also be switched off for a single key.")
    package static let textRetentionDays = Setting(
        "text_retention_days", .days(0...36_500), default: .text("0"), effect: .reload,
        "Days after which the texts of a call are removed, while its record stays. 0: never.")
    package static let recordRetentionDays = Setting(
        "record_retention_days", .days(0...36_500), default: .text("0"), effect: .reload,
        "Days after which the whole record of a call is removed, but not before the end of the month (UTC) after its own. 0: never."
    )
    package static let drainSeconds = Setting(
        "drain_seconds", .seconds(0...3600), default: .text("30"), effect: .reload,
        "How long running streams may go on after SIGTERM before they are cut off and settled.")
    package static let maximumBody = Setting(
        "max_body", .bytes(65_536...1_073_741_824), default: .text("32m"), effect: .restart,
        "The largest request body. nginx has a limit of its own, client_max_body_size, which should be the same.")

    package static let fetchURLs = Setting(
        "fetch_urls", .flag, default: .text("true"), effect: .reload,
        "Whether images and documents that a request names by their URL are fetched for models whose provider does not fetch them (Bedrock)."
    )
    package static let fetchPorts = Setting(
        "fetch_ports", .ports, default: .text("80,443"), effect: .reload,
        "The ports that such URLs may have.")
    package static let fetchNetworks = Setting(
        "fetch_networks", .networks, default: .none, effect: .reload,
        "Networks from which files are fetched although they are not public, such as 10.20.0.0/16 for a host of images. Whoever has a key can have any URL in them fetched."
    )

    /// Every setting, in the order in which they are documented.
    package static let all = [
        stateDirectory, database, secretKeyFile, adminKey, logLevel, recordText, textRetentionDays,
        recordRetentionDays, drainSeconds, maximumBody, fetchURLs, fetchPorts, fetchNetworks,
    ]
}
