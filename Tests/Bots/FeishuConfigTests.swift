import Core
import Testing

@testable import Bots

@Suite struct FeishuConfigTests {
    @Test("Empty members count as absent, and the base URL loses the slash at its end")
    func reading() {
        let config = FeishuConfig(["appId": "cli_1", "encryptKey": "", "baseUrl": "https://open.larksuite.com/"])
        #expect(config.appID == "cli_1")
        #expect(config.encryptKey == nil && !config.isVerified)
        #expect(config.baseURL == "https://open.larksuite.com")
        #expect(FeishuConfig(["verificationToken": "t"]).isVerified)
        #expect(FeishuConfig([:]).baseURL == "https://open.feishu.cn")
    }
}
