internal import Core

/// What an image model of Bedrock answered to one call.
enum ImageInvocationAnswer {
    /// Each in base64. 400 when the model's filter took one away; Amazon's models say so in `error`, Stability's in
    /// `finish_reasons`.
    static func images(_ answer: InvocationAnswer, count: Int) throws(GatewayError) -> [String] {
        let said = answer.body.present("error")?.string
        let isFiltered = (answer.body["finish_reasons"]?.array ?? []).contains { !$0.isNull && $0 != "SUCCESS" }
        let images = (answer.body["images"]?.array ?? []).compactMap(\.string).filter { !$0.isEmpty }
        if images.count == count, !isFiltered { return images }
        guard said != nil || isFiltered else {
            throw InvocationAnswer.unreadable("\(images.count) images for \(count)")
        }
        throw GatewayError.invalid(
            "The provider's filter refused the prompt or an image made of it. Change the prompt.", param: "prompt",
            code: "content_policy_violation"
        ).noting(cause: "the image model filtered its answer", providerText: said.map(BedrockScrubber.scrub))
    }
}
