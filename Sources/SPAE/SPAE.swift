/// The library: `import SPAE` brings the model, the pyramid and the pictures.
@_exported public import SPAEEngine
@_exported public import SPAEPixels
@_exported public import SPAEPyramid
