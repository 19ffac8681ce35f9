import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct ModelsRouteTests {
    @Test("A key sees the models that its group or it itself may use, in OpenAI's shape")
    func list() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/v1/models", as: .user)
            let created = world.clock.now.seconds
            let row = #"{"id":"vendor/claude:1","object":"model","created":\#(created),"owned_by":"secretive"}"#
            #expect(answer.text == #"{"object":"list","data":[\#(row)]}"#)
            let one = await world.send("GET", "/v1/models/vendor/claude:1", as: .user)
            #expect(one.text == row)
            #expect(await world.send("GET", "/v1/models/vendor%2Fclaude%3A1", as: .user).text == row)
        }
    }

    @Test("A model that is unknown and one that is not allowed are answered alike")
    func unknown() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.rights = []
            let hidden = await world.send("GET", "/v1/models/vendor/claude:1", as: .user)
            let unknown = await world.send("GET", "/v1/models/vendor/claude:2", as: .user)
            #expect(hidden.status == 404 && unknown.status == 404)
            #expect(hidden.text.replacing("claude:1", with: "claude:2") == unknown.text)
            #expect(
                unknown.error?["type"] == "invalid_request_error" && unknown.error?["code"] == "model_not_found"
                    && unknown.error?["param"] == "model")
        }
    }
}
