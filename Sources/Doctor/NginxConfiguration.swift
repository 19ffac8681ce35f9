internal import Glibc

/// A whole nginx configuration, read from what `nginx -T` prints: every file, each after a line
/// `# configuration file PATH:`, the main one first.
package struct NginxConfiguration: Sendable {
    /// The main context, with every include in its place.
    package let directives: [NginxDirective]

    /// No file includes others deeper than this; one that includes itself ends here.
    private static let deepest = 20

    /// Nil when the text is no such dump.
    package init?(dump: String) {
        let marker = "# configuration file "
        var files: [(path: String, text: String)] = []
        for line in dump.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(marker), line.hasSuffix(":") {
                files.append((String(line.dropFirst(marker.count).dropLast()), ""))
            } else if !files.isEmpty {
                files[files.count - 1].text += line + "\n"
            }
        }
        guard let main = files.first else { return nil }
        let folder = main.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let reading = Reading(files: files, folder: folder)
        directives = reading.directives(of: main.text, depth: 0)
    }

    private struct Reading {
        let files: [(path: String, text: String)]
        /// What relative paths are relative to.
        let folder: String

        func directives(of text: String, depth: Int) -> [NginxDirective] {
            var syntax = NginxSyntax(text)
            return block(&syntax, depth: depth)
        }

        private func block(_ syntax: inout NginxSyntax, depth: Int) -> [NginxDirective] {
            var found: [NginxDirective] = []
            var words: [String] = []
            while let token = syntax.next() {
                switch token {
                case .word(let word):
                    words.append(word)
                case .end:
                    if words.first == "include", words.count == 2 {
                        found += included(words[1], depth: depth)
                    } else if let name = words.first {
                        found.append(NginxDirective(name, Array(words.dropFirst())))
                    }
                    words = []
                case .open:
                    let inner = block(&syntax, depth: depth)
                    found.append(NginxDirective(words.first ?? "", Array(words.dropFirst()), block: inner))
                    words = []
                case .close:
                    return found
                }
            }
            return found
        }

        private func included(_ pattern: String, depth: Int) -> [NginxDirective] {
            guard depth < NginxConfiguration.deepest else { return [] }
            let absolute = pattern.hasPrefix("/") ? pattern : folder + "/" + pattern
            return files.filter { unsafe fnmatch(absolute, $0.path, FNM_PATHNAME | FNM_PERIOD) == 0 }
                .sorted { $0.path < $1.path }
                .flatMap { directives(of: $0.text, depth: depth + 1) }
        }
    }
}
