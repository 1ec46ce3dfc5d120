import SPAESystem
import Testing

@Suite("A person's folders")
struct UserFoldersSuite {
  private func folders(_ environment: [String: String]) -> [String] {
    let folders = UserFolders(environment: environment)
    return [
      folders.configuration, folders.state, folders.data, folders.cache, folders.runtime,
    ]
  }

  @Test("are in the home folder")
  func home() {
    #expect(
      folders(["HOME": "/home/ada"]) == [
        "/home/ada/.config", "/home/ada/.local/state", "/home/ada/.local/share", "/home/ada/.cache",
        "/home/ada/.local/state",
      ])
  }

  @Test("are where the variables say")
  func named() {
    let environment = [
      "HOME": "/home/ada", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_DATA_HOME": "/d",
      "XDG_CACHE_HOME": "/h", "XDG_RUNTIME_DIR": "/r",
    ]
    #expect(folders(environment) == ["/c", "/s", "/d", "/h", "/r"])
  }

  @Test("are not where a variable holds no absolute path", arguments: ["", "relative", "~/x"])
  func relative(_ path: String) {
    let environment = [
      "HOME": "/home/ada", "XDG_CONFIG_HOME": path, "XDG_STATE_HOME": path, "XDG_DATA_HOME": path,
      "XDG_CACHE_HOME": path, "XDG_RUNTIME_DIR": path,
    ]
    #expect(folders(environment) == folders(["HOME": "/home/ada"]))
  }

  @Test("are those of the user where HOME is no absolute path", arguments: ["", "~", "here"])
  func homeless(_ home: String) {
    let own = UserFolders(environment: [:])
    #expect(own.home.hasPrefix("/") && own.state == own.home + "/.local/state")
    #expect(folders(["HOME": home]) == folders([:]))
  }
}
