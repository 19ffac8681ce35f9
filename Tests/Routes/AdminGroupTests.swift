import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct AdminGroupTests {
    @Test("Groups are created, changed, listed and shown")
    func save() async throws {
        try await onLoop {
            let world = try await World()
            let created = await world.send("POST", "/admin/group/save", json: #"{"name": "guests", "key": "g"}"#)
            let id = try #require(created.data?.object?["id"]?.int)
            #expect(
                Set(created.data?.object?.members.map(\.name) ?? [])
                    == ["id", "name", "key", "key_count", "created_at", "updated_at"])
            let changed = await world.send("POST", "/admin/group/save", json: #"{"id": \#(id), "name": "visitors"}"#)
            #expect(changed.data?.object?["name"] == "visitors" && changed.data?.object?["key"] == "g")
            #expect(await world.send("GET", "/admin/group/list?q=visit").items.count == 1)
            #expect(await world.send("GET", "/admin/group/detail/\(id)").data == changed.data)
            #expect(await world.send("POST", "/admin/group/save", json: #"{"id": 99, "name": "x"}"#).status == 404)
            #expect(await world.send("POST", "/admin/group/save", json: "{}").error?["param"] == "name")
        }
    }

    @Test("A group with keys is deleted only by force, and its keys stay")
    func delete() async throws {
        try await onLoop {
            let world = try await World()
            let refused = await world.send("POST", "/admin/group/delete", json: #"{"id": 1}"#)
            #expect(refused.status == 409)
            #expect(refused.text.contains("force"))
            let forced = await world.send("POST", "/admin/group/delete", json: #"{"id": 1, "force": true}"#)
            #expect(forced.data == true)
            #expect(world.storage.keys[World.user]?.groupID == nil)
        }
    }

    @Test("Rights are given and taken, the same for groups and keys; doing it again changes nothing")
    func rights() async throws {
        try await onLoop {
            let world = try await World()
            for (path, field, id, name) in [
                ("/admin/group", "group_id", 1, "staff"), ("/admin/api-key", "key_id", 2, "user"),
            ] {
                let body = #"{"\#(field)": \#(id), "model_id": "6"}"#
                let column = field == "group_id" ? "group_name" : "key_name"
                for _ in 1...2 {
                    #expect(await world.send("POST", "\(path)/bind-model", json: body).data == true)
                    let rows = await world.send("GET", "\(path)/list-model?\(field)=\(id)").items
                    #expect(rows.count == 1)
                    #expect(rows.first?["model_name"] == "vendor/claude:1" && rows.first?["provider"] == "secretive")
                    #expect(rows.first?["model_id"] == 6 && rows.first?[field]?.int == id)
                    #expect(rows.first?[column]?.string == name)
                }
                for _ in 1...2 {
                    #expect(await world.send("POST", "\(path)/unbind-model", json: body).data == true)
                    #expect(await world.send("GET", "\(path)/list-model?\(field)=\(id)").items.isEmpty)
                }
                #expect(await world.send("POST", "\(path)/bind-or-unbind-model", json: body).data == "created")
                #expect(await world.send("POST", "\(path)/bind-or-unbind-model", json: body).data == "deleted")
            }
            #expect(await world.send("GET", "/v1/models", as: .user).text == #"{"object":"list","data":[]}"#)
        }
    }

    @Test(
        "A right of or to something that is not there answers 404 or 400 naming the field",
        arguments: [
            ("POST", "/admin/group/bind-model", #"{"group_id": 1, "model_id": 99}"#, 404, "model_id"),
            ("POST", "/admin/group/bind-model", #"{"group_id": 99, "model_id": 6}"#, 404, "group_id"),
            ("POST", "/admin/api-key/bind-model", #"{"key_id": 99, "model_id": 6}"#, 404, "key_id"),
            ("POST", "/admin/api-key/bind-model", #"{"group_id": 1, "model_id": 6}"#, 400, "group_id"),
            ("POST", "/admin/api-key/bind-model", #"{"key_id": 2}"#, 400, "model_id"),
            ("GET", "/admin/group/list-model", nil, 400, "group_id"),
            ("GET", "/admin/group/list-model?group_id=99", nil, 404, nil),
            ("GET", "/admin/api-key/list-model?key_id=99", nil, 404, nil),
        ] as [(String, String, String?, Int, String?)])
    func missing(method: String, path: String, body: String?, status: Int, param: String?) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send(method, path, json: body)
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.error?["param"]?.string == param)
        }
    }
}
