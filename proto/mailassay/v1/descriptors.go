package mailassayv1

import _ "embed"

// Descriptors is a serialized google.protobuf.FileDescriptorSet of this package
// and its imports, with the comments that generated code drops. Server
// reflection serves it, so that "grpcurl describe" teaches the service.
//
//go:embed descriptors.binpb
var Descriptors []byte
