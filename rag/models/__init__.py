"""Our own small networks, as ONNX graphs, and their weights."""
