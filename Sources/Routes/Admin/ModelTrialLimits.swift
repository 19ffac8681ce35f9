/// How long a test of a model may take.
package struct ModelTrialLimits: Sendable, Equatable {
    /// A model that makes images takes its time.
    package var images = Duration.seconds(120)
    package var others = Duration.seconds(30)

    package init() {}
}
