// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "words",
  dependencies: [.package(name: "spae", path: "../..")],
  targets: [
    .executableTarget(name: "words", dependencies: [.product(name: "SPAE", package: "spae")])
  ]
)
