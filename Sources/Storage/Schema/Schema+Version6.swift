extension Schema {
    static let version6 = [imagePrices].joined(separator: "\n")

    /// Images are priced by the piece. What a call made stands beside the calls, since nearly none makes any, and a column
    /// behind `whole_prompt` would have every list read through it.
    private static let imagePrices = """
        ALTER TABLE models ADD COLUMN price_image INTEGER;
        CREATE TABLE thread_images (
            thread_id INTEGER PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
            images INTEGER NOT NULL,
            price_image INTEGER
        ) STRICT;
        """
}
