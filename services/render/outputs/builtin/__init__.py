"""The built-in engine: skia draws, HarfBuzz shapes, PyAV encodes; no After Effects needed."""
