import Core
import EventLoop
import FoundationEssentials
import TestSupport
import Testing

@testable import Gateway

@Suite("Files that a request names by their URL")
struct MediaFetchingTests {
    private static let first = "https://a.example/1.png"
    private static let second = "https://a.example/2.png"
    private static let paper = "https://a.example/paper"

    private static func request(_ contents: [ContentPart.Content]) -> ChatRequest {
        var request = ChatRequest(
            model: "m", messages: [ChatMessage(.user, [.text("Hello there!")] + contents.map { ContentPart($0) })])
        request.isStream = true
        for (index, content) in contents.enumerated() {
            guard let url = MediaAddress(content)?.url, request.addressPlaces[url] == nil else { continue }
            request.addressPlaces[url] = "messages[0].content[\(index + 1)].image_url.url"
        }
        return request
    }

    @LoopActor
    private static func bench(
        _ fetcher: ScriptedFetcher, quota: Money? = .dollars("1000"), takesAddresses: Bool = false
    ) -> Bench {
        let bench = Bench(quota: quota, fetcher: fetcher, takesAddresses: takesAddresses)
        bench.provider.steps = [.tell(ChatDelta([.text("ok"), .finish(.stop)]))]
        return bench
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    @Test("are given to the provider by value, fetched once each, at the same time, with types by their bytes")
    func fetched() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            let jpeg: [UInt8] = [0xff, 0xd8, 0xff, 0xe0] + [UInt8](repeating: 9, count: 300_000)
            fetcher.add(Self.first, type: "text/html")
            fetcher.add(Self.second, jpeg, type: "image/png")
            fetcher.add(Self.paper, Array("%PDF-1.7".utf8))
            let bench = Self.bench(fetcher)
            let result = ToolResult(toolUseID: "t", parts: [ContentPart(.image(.url(Self.first)))])
            let outcome = await bench.chat(
                Self.request([
                    .image(.url(Self.first)), .image(.url(Self.second)), .document(.url(Self.paper), name: "p"),
                    .toolResult(result),
                ]))
            #expect(outcome.error == nil)
            #expect(fetcher.asked.sorted() == [Self.first, Self.second, Self.paper])
            #expect(fetcher.most == 3)
            let sent = try #require(bench.provider.requests.first)
            let png = MediaSource.base64(Self.base64(ScriptedFetcher.png), mediaType: "image/png")
            #expect(
                sent.messages[0].parts.dropFirst().map(\.content) == [
                    .image(png), .image(.base64(Self.base64(jpeg), mediaType: "image/jpeg")),
                    .document(.base64(Self.base64(Array("%PDF-1.7".utf8)), mediaType: "application/pdf"), name: "p"),
                    .toolResult(ToolResult(toolUseID: "t", parts: [ContentPart(.image(png))])),
                ])
            // Large now, whatever the body was: to be encoded on a helper thread.
            #expect(sent.byteCount > ChatRequest.largeBody)
            #expect(bench.metrics[.fetchesOK] == 3)
        }
    }

    @Test("stand in the record by type, size and SHA-256, as files do that come in the request")
    func recorded() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            fetcher.add(Self.first)
            let bench = Self.bench(fetcher)
            _ = await bench.chat(Self.request([.image(.url(Self.first))]))
            let prompt = try #require(bench.record?.wholePrompt)
            // printf '\x89PNG\r\n\x1a\n' | sha256sum
            let digest = "4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6"
            #expect(prompt.contains(#"{"type":"image","media_type":"image/png","bytes":8,"sha256":"\#(digest)"}"#))
            #expect(!prompt.contains("a.example"))
        }
    }

    @Test("go as they are to a provider that fetches itself")
    func passedOn() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            let bench = Self.bench(fetcher, takesAddresses: true)
            #expect(await bench.chat(Self.request([.image(.url(Self.first))])).error == nil)
            #expect(fetcher.asked.isEmpty)
            #expect(bench.provider.requests.first?.messages[0].parts[1].content == .image(.url(Self.first)))
        }
    }

    @Test("are fetched for a fallback that needs them, and not for the model that did not")
    func fallback() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            fetcher.add(Self.first)
            let bench = Bench(fetcher: fetcher, takesAddresses: false)
            bench.addModel("asked", config: ["fallbacks": ["m"]])
            bench.other.openError = .upstream(status: 503, code: "overloaded", "Busy.")
            bench.provider.steps = [.tell(ChatDelta([.text("ok"), .finish(.stop)]))]
            var request = Self.request([.image(.url(Self.first))])
            request.model = "asked"
            #expect(await bench.chat(request).error == nil)
            #expect(bench.other.requests.allSatisfy { $0.messages[0].parts[1].content == .image(.url(Self.first)) })
            #expect(!bench.other.requests.isEmpty)
            #expect(fetcher.asked == [Self.first])
            #expect(bench.provider.requests.first?.mediaAddresses.isEmpty == true)
        }
    }

    @Test("are not fetched for a key without the right, without quota, or at its limit")
    func refusedFirst() async throws {
        try await onLoop {
            let refusal = LimitRefusal(.parallel, value: 1, retryAfterSeconds: 1)
            for admission in [Admission.exhausted, .held, .gone, .limited(refusal)] {
                let fetcher = ScriptedFetcher()
                let bench = Self.bench(fetcher)
                bench.ledger.admission = admission
                let error = await bench.chat(Self.request([.image(.url(Self.first))])).error
                #expect([401, 429].contains(error?.status))
                #expect(fetcher.asked.isEmpty)
            }
            let fetcher = ScriptedFetcher()
            let bench = Self.bench(fetcher)
            bench.models.usable = []
            #expect(await bench.chat(Self.request([.image(.url(Self.first))])).error?.status == 403)
            #expect(fetcher.asked.isEmpty)
        }
    }

    @Test("that cannot be had are 400 with their place, and refused and silent addresses read alike")
    func faults() async throws {
        try await onLoop {
            let cases: [(Result<FetchedFile, FetchError>, MetricCounter, String)] = [
                (.failure(.refused), .fetchesRefused, "could not be fetched"),
                (.failure(.failed), .fetchesFailed, "could not be fetched"),
                (.failure(.timedOut), .fetchesTimedOut, "could not be fetched"),
                (.failure(.tooLarge), .fetchesTooLarge, "more than 5 MiB"),
                (.failure(.tooMuch), .fetchesTooLarge, "more than 20 MiB"),
                (.success(FetchedFile(bytes: [1], declaredType: "image/png")), .fetchesWrongType, "no PNG, JPEG"),
            ]
            var texts: [String] = []
            for (file, counter, words) in cases {
                let fetcher = ScriptedFetcher()
                fetcher.files[Self.first] = file
                let bench = Self.bench(fetcher)
                let error = try #require(await bench.chat(Self.request([.image(.url(Self.first))])).error)
                #expect(error.status == 400)
                #expect(error.type == "invalid_request_error")
                #expect(error.code == "url_not_fetched")
                #expect(error.param == "messages[0].content[1].image_url.url")
                #expect(error.message.hasPrefix("messages[0].content[1].image_url.url "))
                #expect(error.message.contains(words))
                #expect(bench.metrics[counter] == 1)
                #expect(bench.provider.targets.isEmpty)
                #expect(bench.record?.status == .error)
                #expect(bench.record?.fee == .zero)
                #expect(bench.record?.usage == TokenUsage())
                texts.append(error.message)
            }
            #expect(Set(texts.prefix(3)).count == 1)
        }
    }

    @Test("of the wrong kind are refused: an image that is a PDF, a document that is an image")
    func kinds() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            fetcher.add(Self.first, Array("%PDF-1.7".utf8), type: "image/png")
            fetcher.add(Self.paper, type: "application/pdf")
            for content in [.image(.url(Self.first)), .document(.url(Self.paper), name: nil)] as [ContentPart.Content] {
                let error = await Self.bench(fetcher).chat(Self.request([content])).error
                #expect(error?.code == "url_not_fetched")
            }
        }
    }

    @Test("are refused by their place when the operator has switched fetching off")
    func off() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            let bench = Self.bench(fetcher)
            bench.gateway.settings.fetching.isOn = false
            let error = try #require(await bench.chat(Self.request([.image(.url(Self.first))])).error)
            #expect(error.status == 400)
            #expect(error.param == "messages[0].content[1].image_url.url")
            #expect(error.message.contains("base64"))
            #expect(fetcher.asked.isEmpty)
        }
    }

    @Test("are at most 20, and have at most 20 MiB together, each counted as often as it is named")
    func bounds() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            let urls = (0...FetchPolicy.mostFiles).map { "https://a.example/\($0)" }
            for url in urls { fetcher.add(url) }
            let many = await Self.bench(fetcher).chat(Self.request(urls.map { .image(.url($0)) }))
            #expect(many.error?.status == 400)
            #expect(fetcher.asked.isEmpty)
            let enough = await Self.bench(fetcher).chat(Self.request(urls.dropLast().map { .image(.url($0)) }))
            #expect(enough.error == nil)

            let large = ScriptedFetcher()
            let size = FetchPolicy.mostBytes / 4
            large.add(Self.first, ScriptedFetcher.png + [UInt8](repeating: 0, count: size - ScriptedFetcher.png.count))
            for (count, isTaken) in [(4, true), (5, false)] {
                let images = [ContentPart.Content](repeating: .image(.url(Self.first)), count: count)
                let error = await Self.bench(large).chat(Self.request(images)).error
                #expect((error == nil) == isTaken)
            }
        }
    }

    @Test("change what is held to what they cost; a key that has not as much is refused, and nothing is sent")
    func hold() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            fetcher.add(Self.paper, [UInt8](repeating: 0x61, count: 3_000_000), type: "text/plain")
            let bench = Self.bench(fetcher)
            #expect(await bench.chat(Self.request([.document(.url(Self.paper), name: nil)])).error == nil)
            // (3,000,000 + 12 bytes) / 3 + 8 tokens at 3 dollars a million, and 4,096 at 15.
            #expect(bench.ledger.repriced.map(\.amount) == [.dollars("3.061476")])

            let poor = Self.bench(fetcher)
            poor.ledger.repricing = .exhausted
            let error = await poor.chat(Self.request([.document(.url(Self.paper), name: nil)])).error
            #expect(error?.code == "insufficient_quota")
            #expect(poor.provider.targets.isEmpty)
            #expect(poor.record?.fee == .zero)

            let images = Self.bench(fetcher)
            fetcher.add(Self.first)
            _ = await images.chat(Self.request([.image(.url(Self.first))]))
            #expect(images.ledger.repriced.isEmpty)
        }
    }

    @Test("are given up when the client leaves, and when another of them fails")
    func cancelled() async throws {
        try await onLoop {
            let fetcher = ScriptedFetcher()
            fetcher.waiting = [Self.first]
            let bench = Self.bench(fetcher)
            let left = await bench.chatCancelled(Self.request([.image(.url(Self.first))])) { fetcher.onWait = $0 }
            #expect(left.error?.isCancelled == true)
            #expect(fetcher.cancelled == [Self.first])
            #expect(bench.record?.status == .cancelled)
            #expect(bench.record?.fee == .zero)
            #expect(bench.metrics[.fetchesCancelled] == 1)

            let other = ScriptedFetcher()
            other.waiting = [Self.first]
            let failing = Self.bench(other)
            let images: [ContentPart.Content] = [.image(.url(Self.first)), .image(.url(Self.second))]
            let error = await failing.chat(Self.request(images)).error
            #expect(error?.param == "messages[0].content[2].image_url.url")
            #expect(other.cancelled == [Self.first])
        }
    }
}
