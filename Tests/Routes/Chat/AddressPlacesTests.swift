import Core
import Testing

@testable import Routes

@Suite("Where a request names files by their URL")
struct AddressPlacesTests {
    private static func body(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("is told as the client wrote it, in OpenAI's chat completions")
    func chatCompletions() throws {
        let request = try ChatRequestParser.parse(
            Self.body(
                #"""
                {"model":"m","messages":[
                {"role":"system","content":"https://a/1"},
                {"role":"user","content":[{"type":"text","text":"https://a/1"},
                 {"type":"image_url","image_url":{"url":" https://a/1\n"}},{"type":"image_url","image_url":{"url":"https://a/1"}},
                 {"type":"file","file":{"file_url":"https://a/2"}},{"type":"input_image","image_url":"https://a/3"}]},
                {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"c","content":[{"type":"image_url","image_url":{"url":"https://a/4"}}]}]}
                """#))
        #expect(
            request.addressPlaces == [
                "https://a/1": "messages[1].content[1].image_url.url",
                "https://a/2": "messages[1].content[3].file.file_url",
                "https://a/3": "messages[1].content[4].image_url",
                "https://a/4": "messages[3].content[0].image_url.url",
            ])
    }

    @Test("is told in Anthropic's dialect, past arguments that hold the same text")
    func messages() throws {
        let parser = MessagesRequestParser(purpose: .answer, headers: AnthropicHeaders())
        let request = try parser.parse(
            Self.body(
                #"""
                {"model":"m","max_tokens":9,"system":"s","messages":[
                {"role":"user","content":"hi"},
                {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{"source":{"url":"https://a/1"}}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[
                 {"type":"image","source":{"type":"url","url":"https://a/1"}}]},
                 {"type":"document","context":"c","source":{"type":"url","url":"https://a/2"}},
                 {"type":"document","source":{"type":"content","content":[{"type":"image","source":{"type":"url","url":"https://a/3"}}]}}]}]}
                """#))
        #expect(
            request.addressPlaces == [
                "https://a/1": "messages[2].content[0].content[0].source.url",
                "https://a/2": "messages[2].content[1].source.url",
                "https://a/3": "messages[2].content[2].source.content[0].source.url",
            ])
    }

    @Test("is told in OpenAI's Responses")
    func responses() throws {
        let order = try ResponsesRequestParser.parse(
            Self.body(
                #"""
                {"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"x"},
                 {"type":"input_image","image_url":"https://a/1"},{"type":"input_file","file_url":"https://a/2"}]},
                {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
                {"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"https://a/3"}]}]}
                """#))
        #expect(
            order.request.addressPlaces == [
                "https://a/1": "input[0].content[1].image_url", "https://a/2": "input[0].content[2].file_url",
                "https://a/3": "input[2].output[0].image_url",
            ])
    }

    @Test("is not looked for when all files came with the request")
    func none() throws {
        let request = try ChatRequestParser.parse(
            Self.body(
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}}]}]}"#
            ))
        #expect(request.addressPlaces.isEmpty)
    }
}
