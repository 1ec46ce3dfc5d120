import Foundation
import SPAELanguage
import Testing

/// The server of the model in the box, with a script of ours in the model's place.
@Suite struct Servers {
  /// A script that serves as `serve.py` would, by what its lines do.
  private func installation(_ folder: TemporaryFolder, _ script: String) throws
    -> LanguageInstallation
  {
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder("serve.py")))
    // Debian's, not one that is written here: a program that is still open in a child of another
    // test, between fork and exec, is too busy to run.
    return LanguageInstallation(python: "/usr/bin/python3", script: folder("serve.py"))
  }

  private static func serving(_ then: String) -> String {
    """
    import http.server, json, os, sys, threading
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self): self.say({"default_generation_settings": {"n_ctx": 99}})
        def do_POST(self):
            \(then)
        def log_message(self, *_): pass
        def say(self, what):
            text = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    print("http://127.0.0.1:%d" % server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if "--stay" in sys.argv: threading.Event().wait()
    sys.stdin.read()
    """
  }

  private static let dying = """
    open(sys.argv[0] + ".died", "a").write("x")
            print("out of memory", file=sys.stderr, flush=True); os._exit(9)
    """

  @Test("a server that dies over a question is started once more; then its last lines are told")
  func dies() throws {
    let folder = try TemporaryFolder()
    let model = try LocalModel(
      try installation(folder, Self.serving(Self.dying)), retryPolicy: Pauses().retryPolicy())
    #expect(model.contextLength == 99)
    #expect(throws: LanguageError.serverDied(log: ["out of memory"])) {
      try model.complete(question)
    }
    #expect(try String(contentsOfFile: folder("serve.py.died"), encoding: .utf8) == "xx")
  }

  @Test("a server that died once answers the second time")
  func recovers() throws {
    let folder = try TemporaryFolder()
    let once = """
      if not os.path.exists(sys.argv[0] + ".died"):
                  open(sys.argv[0] + ".died", "a").write("x"); os._exit(9)
              self.say({"content": " cat"})
      """
    let model = try LocalModel(
      try installation(folder, Self.serving(once)), retryPolicy: Pauses().retryPolicy())
    #expect(try model.complete(question).text == " cat")
  }

  @Test(
    "a server that does not start says why",
    arguments: [
      ("import sys; print('no model', file=sys.stderr); sys.exit(1)", "no model"),
      ("print('hello', flush=True); input()", "it says no address"),
    ])
  func broken(script: String, says: String) throws {
    let folder = try TemporaryFolder()
    let installation = try installation(folder, script)
    let error = #expect(throws: LanguageError.self) { try LlamaServer(installation) }
    #expect("\(try #require(error))".contains(says), "\(String(describing: error))")
  }

  @Test("a server that ends with its object is gone")
  func ends() throws {
    let folder = try TemporaryFolder()
    let installation = try installation(folder, Self.serving("pass"))
    let process = try LlamaServer(installation).process
    #expect(kill(process, 0) == -1)
  }

  @Test("one server stays at a time, is found by others, and is stopped")
  func stays() throws {
    let folder = try TemporaryFolder()
    let installation = try installation(folder, Self.serving("self.say({'content': ' cat'})"))
    let sharedServer = SharedServer(environment: ["XDG_RUNTIME_DIR": folder.path])
    #expect(sharedServer.record() == nil)
    #expect(throws: LanguageError.noServer) { try sharedServer.stop() }
    let record = try sharedServer.start(installation)
    #expect(sharedServer.record() == record)
    #expect(throws: LanguageError.self) { try sharedServer.start(installation) }
    let mode = try FileManager.default.attributesOfItem(atPath: folder("spae/language.json"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
    let model = try LocalModel(installation, sharedServer: record)
    #expect(!model.isOwn)
    #expect(try model.complete(question).text == " cat")
    #expect(try sharedServer.stop() == record)
    #expect(sharedServer.record() == nil)
    #expect(try model.complete(question).text == " cat", "its own follows the one that stayed")
    #expect(model.isOwn)
  }

  @Test(
    "a file that another left behind is no server",
    arguments: ["{\"url\":\"http://127.0.0.1:9\",\"process\":1}", "{}", "nonsense"])
  func stale(text: String) throws {
    let folder = try TemporaryFolder()
    let sharedServer = SharedServer(environment: ["XDG_RUNTIME_DIR": folder.path])
    try FileManager.default.createDirectory(
      atPath: folder("spae"), withIntermediateDirectories: true)
    let file = URL(fileURLWithPath: folder("spae/language.json"))
    try Data(text.utf8).write(to: file)
    #expect(sharedServer.record() == nil)
    #expect(!FileManager.default.fileExists(atPath: file.path))
    // This process lives, but it serves no language.
    let own = "{\"url\":\"http://127.0.0.1:9\",\"process\":\(getpid())}"
    try Data(own.utf8).write(to: file)
    #expect(sharedServer.record() == nil)
  }
}
