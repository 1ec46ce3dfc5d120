import CKernels
import Glibc

/// The kernels of one instruction set, such as AVX-512; the fastest that the processor has is used.
@safe public struct InstructionSet: @unchecked Sendable {
  /// The C functions; they are constants of the program and read-only.
  let kernels: UnsafePointer<spae_kernels>

  /// Its name: avx512, avx2, neon or portable.
  public var name: String { unsafe String(cString: kernels.pointee.name) }

  /// Every instruction set that this processor has, fastest first.
  public static let available: [InstructionSet] = (0..<spae_kernel_sets()).compactMap { index in
    guard spae_kernel_set_supported(index) != 0 else { return nil }
    return unsafe spae_kernel_set(index).map { unsafe InstructionSet(kernels: $0) }
  }

  /// The instruction set in use: the fastest, unless the environment's `SPAE_ISA` names another.
  public static func chosen() throws(EngineError) -> InstructionSet {
    guard let wanted = unsafe getenv("SPAE_ISA") else { return available[0] }
    return try named(unsafe String(cString: wanted))
  }

  /// The instruction set of a name, if this processor has it.
  public static func named(_ name: String) throws(EngineError) -> InstructionSet {
    guard let found = available.first(where: { $0.name == name.lowercased() }) else {
      throw .instructionSet(name: name, available: available.map(\.name))
    }
    return found
  }
}
