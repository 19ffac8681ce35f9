internal import Core

extension ModelCapabilities {
    /// The members of `config.capabilities`, in the order of docs/models.md.
    static let members = [
        "images", "documents", "audio", "toolResultMedia", "tools", "strictTools", "parallelSwitch", "structuredOutput",
        "reasoning", "efforts", "sampling", "topK", "stopSequences", "minOutput", "maxOutput", "prefill", "cachePoints",
        "cacheTTL",
    ]

    /// Puts an operator's own knowledge in the place of the table's; 400 naming `config.capabilities.<member>`.
    mutating func apply(_ object: JSONObject) throws(GatewayError) {
        let reader = BedrockConfigReader(object, at: "config.capabilities")
        try reader.refuseUnknown(known: Self.members)
        try reader.flag("images", into: &images)
        try reader.flag("documents", into: &documents)
        try reader.flag("audio", into: &audio)
        try reader.flag("toolResultMedia", into: &toolResultMedia)
        try reader.choice("tools", into: &tools)
        try reader.flag("strictTools", into: &strictTools)
        try reader.flag("parallelSwitch", into: &parallelSwitch)
        try reader.choice("structuredOutput", into: &structuredOutput)
        try reader.choice("reasoning", into: &reasoning)
        try reader.efforts(into: &efforts)
        try reader.choice("sampling", into: &sampling)
        try reader.choice("topK", into: &topK)
        try reader.flag("stopSequences", into: &stopSequences)
        minOutput = try reader.integer("minOutput", in: 1...100_000) ?? minOutput
        maxOutput = try reader.integer("maxOutput", in: 1...10_000_000) ?? maxOutput
        try reader.flag("prefill", into: &prefill)
        try reader.choice("cachePoints", into: &cachePoints)
        try reader.flag("cacheTTL", into: &cacheTTL)
    }

    /// What `apply` takes; a member without a value is left out.
    var json: JSONObject {
        var object: JSONObject = [
            "images": .bool(images), "documents": .bool(documents), "audio": .bool(audio),
            "toolResultMedia": .bool(toolResultMedia), "tools": .string(tools.rawValue),
            "strictTools": .bool(strictTools), "parallelSwitch": .bool(parallelSwitch),
            "structuredOutput": .string(structuredOutput.rawValue), "reasoning": .string(reasoning.rawValue),
            "efforts": .array(efforts.map { .string($0) }), "sampling": .string(sampling.rawValue),
            "topK": .string(topK.rawValue), "stopSequences": .bool(stopSequences), "minOutput": .int(minOutput),
        ]
        if let maxOutput { object["maxOutput"] = .int(maxOutput) }
        object["prefill"] = .bool(prefill)
        object["cachePoints"] = .string(cachePoints.rawValue)
        object["cacheTTL"] = .bool(cacheTTL)
        return object
    }
}

extension BedrockConfigReader {
    fileprivate func flag(_ member: String, into flag: inout Bool) throws(GatewayError) {
        flag = try boolean(member) ?? flag
    }

    fileprivate func choice<Choice: RawRepresentable & CaseIterable>(
        _ member: String, into choice: inout Choice
    ) throws(GatewayError) where Choice.RawValue == String {
        guard let text = try string(member) else { return }
        guard let found = Choice(rawValue: text) else {
            throw fail(member, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        choice = found
    }

    fileprivate func efforts(into efforts: inout [String]) throws(GatewayError) {
        guard let values = try array("efforts") else { return }
        let words = values.compactMap(\.string)
        guard !words.isEmpty, words.count == values.count, words.allSatisfy({ ReasoningEffort(rawValue: $0) != nil })
        else {
            let known = ReasoningEffort.allCases.map(\.rawValue).joined(separator: ", ")
            throw fail("efforts", "must be an array of words from \(known)")
        }
        efforts = words
    }
}
