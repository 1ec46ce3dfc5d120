// swift-tools-version: 6.3
import PackageDescription

// A house of three floors, arrows only downward: a target may depend only on targets listed above it.

let package = Package(
  name: "spae",
  products: [
    .executable(name: "spae", targets: ["spae"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // The ground: the nouns that everybody shares.
    .target(name: "SPAEPyramid"),

    // The shell.
    .executableTarget(
      name: "spae",
      dependencies: [
        "SPAEPyramid",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
    ),

    .testTarget(name: "SPAEPyramidTests", dependencies: ["SPAEPyramid"]),
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
