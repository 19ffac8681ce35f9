extension Schema {
    /// What was tried to have a call answered, as ``AttemptList`` writes it; empty for calls of earlier versions.
    static let version5 = """
        ALTER TABLE threads ADD COLUMN attempts TEXT NOT NULL DEFAULT '';
        """
}
