// swift-tools-version: 6.3
import PackageDescription

// A house of three floors, arrows only downward: a target may depend only on targets listed above it.

let package = Package(
  name: "spae",
  products: [
    .executable(name: "spae", targets: ["spae"]),
    .library(name: "SPAE", targets: ["SPAE"]),
    // With the C interface of spae.h; `make library` builds it as libspae.so.
    .library(name: "spae-library", type: .dynamic, targets: ["SPAECInterface"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Libraries of the system.
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
      name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
    // Without pkg-config: its flags for ncursesw hide the wide characters.
    .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),

    // The ground: the inner loops, what the operating system is asked for, and the nouns that
    // everybody shares.
    .target(name: "CKernels"),
    .target(
      name: "CPicture",
      linkerSettings: ["png16", "jpeg", "gif", "z"].map { .linkedLibrary($0) }),
    .target(name: "CTerminalGuard"),
    .target(name: "CCurl"),
    .target(name: "SPAESystem"),
    .target(name: "TOML"),
    .target(name: "SPAEColour"),
    .target(name: "SPAEPyramid", dependencies: ["CKernels", "SPAESystem"]),
    .target(
      name: "SPAEPixels",
      dependencies: [
        "CKernels", "CPicture", "CPNG", "CTurboJPEG", "CWebP", "SPAESystem",
      ]),
    .target(
      name: "SPAEFrames",
      dependencies: ["CPicture", "CWebP", "SPAESystem", "SPAEPyramid", "SPAEPixels"]),
    .target(name: "SPAEScreen", dependencies: ["SPAESystem", "SPAEColour", "TOML"]),

    // The rooms, which do not know each other.
    .target(
      name: "SPAEEngine",
      dependencies: ["CKernels", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAESystem"],
    ),
    // The library, for Swift and by spae.h.
    .target(name: "SPAE", dependencies: ["SPAEPyramid", "SPAEPixels", "SPAEEngine"]),
    .target(name: "CSPAE", exclude: ["spae.pc.in"]),
    .target(
      name: "SPAECInterface",
      dependencies: ["CSPAE", "SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEEngine"],
      exclude: ["libspae.map"]),

    .target(name: "SPAEGraphics", dependencies: ["CKernels", "SPAEPixels", "SPAEScreen"]),
    .target(
      name: "SPAEHistory",
      dependencies: [
        "SPAEPyramid", "SPAESystem", .product(name: "GRDB", package: "GRDB.swift"),
      ],
    ),

    .target(
      name: "SPAEExplorer",
      dependencies: ["SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEScreen"]),
    .target(name: "SPAELanguage", dependencies: ["CCurl", "SPAESystem", "SPAEPyramid"]),

    // The upper rooms, which bring those below together: files with the engine, the terminal with
    // the pictures, and in the session everything that an open document needs. Only SPAETerminal
    // imports curses; only SPAESession knows engine and explorer.
    .target(
      name: "SPAEFiles",
      dependencies: [
        "SPAESystem", "TOML", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEScreen", "SPAEEngine",
      ]),
    .target(
      name: "SPAELibrary",
      dependencies: [
        "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEEngine", "SPAEFiles",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // Pages for a browser; their styles and scripts are in Assets/pages.
    .target(
      name: "SPAEPages",
      dependencies: [
        "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEEngine", "SPAEFiles",
        "SPAELibrary",
      ]),
    .target(
      name: "SPAETerminal",
      dependencies: [
        "CNcurses", "CTerminalGuard", "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels",
        "SPAEScreen", "SPAEGraphics", "SPAEExplorer",
      ]),
    .target(
      name: "SPAEEvaluation",
      dependencies: [
        "SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEEngine", "SPAELanguage", "SPAEFiles",
      ]),
    .target(
      name: "SPAESession",
      dependencies: [
        "CTerminalGuard", "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEScreen",
        "SPAEEngine", "SPAEGraphics", "SPAEHistory", "SPAEExplorer", "SPAELanguage", "SPAEFiles",
        "SPAELibrary", "SPAETerminal",
      ]),

    // What the two programs share: an option, and how a program ends.
    .target(
      name: "SPAECommandLine",
      dependencies: [
        "SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEEngine", "SPAEHistory",
        "SPAELanguage", "SPAEFiles",
        "SPAELibrary", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // The program: commands and options.
    .executableTarget(
      name: "spae",
      dependencies: [
        "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEScreen",
        "SPAEEngine", "SPAEGraphics", "SPAEHistory", "SPAEExplorer", "SPAELanguage", "SPAEFiles",
        "SPAETerminal", "SPAELibrary", "SPAEPages", "SPAEEvaluation", "SPAESession",
        "SPAECommandLine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
    ),

    // How fast it is, for make bench: never installed.
    .executableTarget(
      name: "spae-bench",
      dependencies: [
        "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEEngine",
        "SPAEGraphics", "SPAEHistory", "SPAEFiles", "SPAECommandLine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
    ),

    // Damaged files for every parser: make sanitize.
    .executableTarget(
      name: "spae-fuzz",
      dependencies: [
        "SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEScreen", "SPAEEngine",
        "SPAEGraphics",
        "SPAELanguage", "SPAEFiles", "SPAESession",
      ],
      path: "Tests/Fuzz"),

    // A writer to kill, and one to run out of space: make torture, and the tests of the history.
    .executableTarget(
      name: "spae-torture", dependencies: ["SPAEPyramid", "SPAEHistory"], path: "Tests/Torture"),

    // The rules of this list and of the folders.
    .testTarget(name: "HouseTests"),

    .testTarget(name: "SPAESystemTests", dependencies: ["SPAESystem"]),
    .testTarget(name: "SPAEPyramidTests", dependencies: ["CKernels", "SPAEPyramid"]),
    .testTarget(
      name: "SPAEPixelsTests", dependencies: ["SPAEPixels"], exclude: ["Fixtures"]),
    .testTarget(
      name: "SPAEFramesTests",
      dependencies: ["SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEFrames"]),
    .testTarget(name: "TOMLTests", dependencies: ["TOML"]),
    .testTarget(name: "SPAEScreenTests", dependencies: ["SPAEColour", "SPAEScreen", "TOML"]),
    .testTarget(
      name: "SPAEExplorerTests",
      dependencies: ["SPAEColour", "SPAEExplorer", "SPAEPyramid", "SPAEPixels", "SPAEScreen"],
      exclude: ["Screens"]),
    .testTarget(
      name: "SPAEHistoryTests",
      dependencies: [
        "SPAEHistory", "SPAEPyramid", "SPAESystem",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "SPAELanguageTests",
      dependencies: [
        "SPAEEvaluation", "SPAELanguage", "SPAEPixels", "SPAEPyramid", "SPAESystem",
      ]),
    .testTarget(
      name: "SPAEEvaluationTests",
      dependencies: ["SPAEEvaluation", "SPAELanguage", "SPAEPyramid", "SPAESystem"]),
    .testTarget(
      name: "SPAESessionTests",
      dependencies: [
        "SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEScreen", "SPAEEngine",
        "SPAEGraphics",
        "SPAEHistory", "SPAEExplorer", "SPAELanguage", "SPAEFiles", "SPAELibrary", "SPAETerminal",
        "SPAESession",
      ]),
    .testTarget(
      name: "SPAEGraphicsTests", dependencies: ["SPAEGraphics", "SPAEPixels", "SPAEScreen"]),
    .testTarget(
      name: "SPAEFilesTests",
      dependencies: [
        "SPAESystem", "SPAEPyramid", "SPAEPixels", "SPAEFrames", "SPAEScreen", "SPAEEngine",
        "SPAEFiles",
      ]),
    .testTarget(
      name: "SPAELibraryTests",
      dependencies: [
        "SPAESystem", "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAELibrary",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "SPAETerminalTests",
      dependencies: [
        "SPAEColour", "SPAEPyramid", "SPAEPixels", "SPAEScreen", "SPAEGraphics", "SPAEExplorer",
        "SPAETerminal",
      ]),
    .testTarget(
      name: "SPAEEngineTests",
      dependencies: ["CKernels", "SPAEColour", "SPAEEngine", "SPAEPixels", "SPAEPyramid"],
      exclude: ["Fixtures"],
    ),
  ],
  swiftLanguageModes: [.v6],
)

for target in package.targets where target.type != .system {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .strictMemorySafety(),
      .treatAllWarnings(as: .error),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InferIsolatedConformances"),
      .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
      .enableUpcomingFeature("ImmutableWeakCaptures"),
    ]
}
