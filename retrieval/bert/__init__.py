"""BERT encoders as ONNX graphs, put together from published weights: in single precision, and in eight bits."""
