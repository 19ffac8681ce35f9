/// What retention has removed, or would remove.
package struct RetentionCount: Sendable, Equatable {
    /// Records of calls.
    package var records: Int
    /// Calls whose texts were removed while their records stay.
    package var texts: Int

    package init(records: Int = 0, texts: Int = 0) {
        self.records = records
        self.texts = texts
    }
}
