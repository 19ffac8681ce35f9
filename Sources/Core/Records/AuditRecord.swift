/// One change through the admin API or the command line.
package struct AuditRecord: Sendable, Equatable {
    package var id: Int64
    package var author: Operator
    /// What was done, such as `key.update`.
    package var action: String
    /// To which row, such as `key:12`.
    package var subject: String
    /// The new values of the fields that changed, without secrets; a JSON object as text.
    package var changes: String
    package var createdAt: Timestamp

    package init(
        id: Int64, author: Operator, action: String, subject: String, changes: String, createdAt: Timestamp
    ) {
        self.id = id
        self.author = author
        self.action = action
        self.subject = subject
        self.changes = changes
        self.createdAt = createdAt
    }
}
