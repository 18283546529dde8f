package service

import (
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/reflection"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// register adds reflection, both versions, which serves the contract with its
// comments.
func register(s *grpc.Server) error {
	files, err := documented()
	if err != nil {
		return err
	}
	options := reflection.ServerOptions{Services: s, DescriptorResolver: files}
	reflectionv1.RegisterServerReflectionServer(s, reflection.NewServerV1(options))
	reflectionv1alpha.RegisterServerReflectionServer(s, reflection.NewServer(options))
	return nil
}

// descriptors are files with comments, and for all others (health, reflection,
// error details) what generated code carries.
type descriptors struct{ documented *protoregistry.Files }

// documented reads the embedded descriptors.
func documented() (descriptors, error) {
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(mailassayv1.Descriptors, &set); err != nil {
		return descriptors{}, fmt.Errorf("embedded descriptors: %w", err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return descriptors{}, fmt.Errorf("embedded descriptors: %w", err)
	}
	return descriptors{files}, nil
}

// FindFileByPath finds a file.
func (d descriptors) FindFileByPath(path string) (protoreflect.FileDescriptor, error) {
	if f, err := d.documented.FindFileByPath(path); err == nil {
		return f, nil
	}
	return protoregistry.GlobalFiles.FindFileByPath(path)
}

// FindDescriptorByName finds a service, message, enum or what is in them.
func (d descriptors) FindDescriptorByName(name protoreflect.FullName) (protoreflect.Descriptor, error) {
	if x, err := d.documented.FindDescriptorByName(name); err == nil {
		return x, nil
	}
	return protoregistry.GlobalFiles.FindDescriptorByName(name)
}
