import Glibc

/// The place of the greatest value, the first of equal ones.
package func greatest<Value: Comparable>(_ values: [Value]) -> Int {
  values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
}

/// Shares that add up to 1, as the exponentials of the values.
package func softmax(_ values: [Double]) -> [Double] {
  let highest = values.max() ?? 0
  let shares = values.map { exp($0 - highest) }
  let whole = shares.reduce(0, +)
  return shares.map { $0 / whole }
}

/// The logarithm of a sum of numbers that are given by their logarithms.
package func logOfSum(_ logarithms: [Double]) -> Double {
  let highest = logarithms.max() ?? 0
  return highest + log(logarithms.reduce(0) { $0 + exp($1 - highest) })
}

/// Logarithms of shares that add up to 1.
package func logShares(_ logarithms: [Double]) -> [Double] {
  let whole = logOfSum(logarithms)
  return logarithms.map { $0 - whole }
}
