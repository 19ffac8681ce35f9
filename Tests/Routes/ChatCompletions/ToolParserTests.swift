import Core
import Testing

@testable import Routes

@Suite("Chat request parser: tools")
struct ToolParserTests {
    private let tools =
        #""tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]"#

    @Test("tools keep their schema whole, and a cache mark on either level")
    func definitions() throws {
        let request = try parseChat(
            chatBody(
                #"""
                "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
                "parameters":{"type":"object","z":1,"a":[{"$ref":"#/$defs/x"}]}},"cache_control":{"type":"ephemeral"}},
                {"type":"function","function":{"name":"g","parameters":null,"cache_control":{"type":"ephemeral","ttl":"1h"}}}]
                """#))
        #expect(request.tools.map(\.name) == ["f", "g"])
        #expect(request.tools[0].description == "d" && request.tools[0].strict == true)
        #expect(
            request.tools[0].parameters.map { JSONValue.object($0).text }
                == ##"{"type":"object","z":1,"a":[{"$ref":"#/$defs/x"}]}"##)
        #expect(request.tools[0].cacheControl == ["type": "ephemeral"])
        #expect(request.tools[1].parameters == nil && request.tools[1].strict == nil)
        #expect(request.tools[1].cacheControl == ["type": "ephemeral", "ttl": "1h"])
    }

    @Test("deprecated functions become tools, and function_call a tool choice")
    func functions() throws {
        let functions = #""functions":[{"name":"f","parameters":{}}]"#
        #expect(try parseChat(chatBody(functions)).tools == [ToolDefinition(name: "f", parameters: [:])])
        let choice = { (value: String) in try parseChat(chatBody("\(functions),\"function_call\":\(value)")).toolChoice
        }
        #expect(try choice("\"auto\"") == .auto)
        #expect(try choice("\"none\"") == ToolChoice.none)
        #expect(try choice(#"{"name":"f"}"#) == .named("f"))
    }

    @Test("every form of tool_choice is read")
    func choices() throws {
        let choice = { (value: String) in try parseChat(chatBody("\(tools),\"tool_choice\":\(value)")).toolChoice }
        #expect(try choice("\"auto\"") == .auto)
        #expect(try choice("\"none\"") == ToolChoice.none)
        #expect(try choice("\"required\"") == .required)
        #expect(try choice("\"any\"") == .required)
        #expect(try choice(#"{"type":"function","function":{"name":"g"}}"#) == .named("g"))
        #expect(try parseChat(chatBody(#""tool_choice":"auto""#)).toolChoice == .auto)
    }

    @Test("allowed_tools narrows the tools, and its mode is the choice")
    func allowedTools() throws {
        let allowed = { (mode: String) in
            #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"\#(mode)","tools":[{"type":"function","function":{"name":"g"}}]}}"#
        }
        let request = try parseChat(chatBody("\(tools),\(allowed("required"))"))
        #expect(request.toolChoice == .required)
        #expect(request.tools.map(\.name) == ["g"])
        #expect(try parseChat(chatBody("\(tools),\(allowed("auto"))")).toolChoice == .auto)
    }

    @Test(
        "a tool or choice that cannot be used is refused, naming its place",
        arguments: [
            (#""tools":{}"#, "tools", "must be an array, not an object"),
            (#""tools":["f"]"#, "tools[0]", "must be an object"),
            (#""tools":[{"function":{"name":"f"}}]"#, "tools[0].type", "is missing"),
            (
                #""tools":[{"type":"function","function":{"name":"f"}},{"type":"web_search"}]"#, "tools[1].type",
                "\"web_search\""
            ),
            (#""tools":[{"type":"custom","custom":{"name":"f"}}]"#, "tools[0].type", "only tools of type \"function\""),
            (#""tools":[{"type":"function"}]"#, "tools[0].function", "is missing"),
            (#""tools":[{"type":"function","function":{}}]"#, "tools[0].function.name", "is missing"),
            (#""tools":[{"type":"function","function":{"name":""}}]"#, "tools[0].function.name", "is empty"),
            (
                #""tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}]"#,
                "tools[0].function.parameters",
                "must be an object, not a string"
            ),
            (
                #""tools":[{"type":"function","function":{"name":"f","description":1}}]"#,
                "tools[0].function.description",
                "must be a string"
            ),
            (
                #""tools":[{"type":"function","function":{"name":"f","strict":"yes"}}]"#, "tools[0].function.strict",
                "must be true or false"
            ),
            (
                #""tools":[{"type":"function","function":{"name":"f"},"cache_control":"yes"}]"#,
                "tools[0].cache_control",
                "must be an object"
            ),
            (#""functions":[{"parameters":{}}]"#, "functions[0].name", "is missing"),
            (#""functions":[1]"#, "functions[0]", "not a number"),
            (#""tool_choice":"always""#, "tool_choice", "is \"always\""),
            (#""tool_choice":1"#, "tool_choice", "not a number"),
            (#""tool_choice":"required""#, "tool_choice", "has no tools"),
            (#""tool_choice":{"type":"function"}"#, "tool_choice.function", "is missing"),
            (#""tool_choice":{"type":"custom"}"#, "tool_choice.type", "\"custom\""),
            (#""tool_choice":{"type":"function","function":{}}"#, "tool_choice.function.name", "is missing"),
            (
                #""tool_choice":{"type":"function","function":{"name":"h"}}"#, "tool_choice.function.name",
                "none of the request's tools"
            ),
            (#""tool_choice":{"type":"allowed_tools"}"#, "tool_choice.allowed_tools", "is missing"),
            (
                #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"x"}}"#,
                "tool_choice.allowed_tools.mode", "is \"x\""
            ),
            (
                #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}"#,
                "tool_choice.allowed_tools.tools", "at least one"
            ),
            (
                #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"h"}}]}}"#,
                "tool_choice.allowed_tools.tools[0].function.name", "none of the request's tools"
            ),
            (#""function_call":"required""#, "function_call", "is \"required\""),
            (#""function_call":[]"#, "function_call", "not an array"),
            (#""function_call":{"name":"h"}"#, "function_call.name", "none of the request's tools"),
        ])
    func invalid(_ members: String, _ param: String, _ fragment: String) throws {
        let error = try #require(refusal(of: chatBody(members)))
        #expect(error.status == 400)
        #expect(error.param == param)
        #expect(error.message.contains(fragment), "\(error.message)")
    }
}
