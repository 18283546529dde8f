package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// describe asks reflection for the file that defines a symbol.
func describe(t *testing.T, ctx context.Context, r *rig, symbol string) *descriptorpb.FileDescriptorProto {
	t.Helper()
	stream, err := reflectionv1.NewServerReflectionClient(r.conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.CloseSend() }()
	if err := stream.Send(&reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: symbol},
	}); err != nil {
		t.Fatal(err)
	}
	m, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	files := m.GetFileDescriptorResponse().GetFileDescriptorProto()
	if len(files) == 0 {
		t.Fatalf("%s: %v", symbol, m.GetErrorResponse())
	}
	var file descriptorpb.FileDescriptorProto
	if err := proto.Unmarshal(files[0], &file); err != nil {
		t.Fatal(err)
	}
	return &file
}

// TestReflectionServesComments: what "grpcurl describe" shows teaches the service.
func TestReflectionServesComments(t *testing.T) {
	ctx := within(t)
	r := start(t, overDNS(dnstest.New(t, "")))
	file := describe(t, ctx, r, "mailassay.v1.VerificationService")
	comments := map[string]bool{}
	for _, l := range file.GetSourceCodeInfo().GetLocation() {
		comments[strings.TrimSpace(l.GetLeadingComments())] = true
	}
	found := false
	for c := range comments {
		found = found || strings.HasPrefix(c, "CheckDomain tells whether")
	}
	if !found {
		t.Errorf("CheckDomain has no comment among %d", len(comments))
	}
	for symbol, file := range map[string]string{
		"mailassay.v1.Finding": "mailassay/v1/finding.proto", "grpc.health.v1.Health": "grpc/health/v1/health.proto",
		"google.rpc.BadRequest": "google/rpc/error_details.proto", "google.protobuf.Duration": "google/protobuf/duration.proto",
	} {
		if got := describe(t, ctx, r, symbol).GetName(); got != file {
			t.Errorf("%s is in %s", symbol, got)
		}
	}
}

// TestReflectionSpeaksTheOldVersion speaks it with messages of the current one,
// which look alike on the wire.
func TestReflectionSpeaksTheOldVersion(t *testing.T) {
	ctx := within(t)
	r := start(t, overDNS(dnstest.New(t, "")))
	stream, err := r.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.SendMsg(&reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
	}); err != nil {
		t.Fatal(err)
	}
	var m reflectionv1.ServerReflectionResponse
	if err := stream.RecvMsg(&m); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range m.GetListServicesResponse().GetService() {
		names = append(names, s.GetName())
	}
	want := []string{"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "mailassay.v1.VerificationService"}
	if !slices.Equal(names, want) {
		t.Errorf("services %v, want %v", names, want)
	}
}

// TestContractSaysWhoSetsEachField holds the comments to AIP-203 in prose, and the
// methods to their promise.
func TestContractSaysWhoSetsEachField(t *testing.T) {
	d, err := documented()
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	d.documented.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if f.Package() != "mailassay.v1" {
			return true
		}
		rangeFields(f.Messages(), func(field protoreflect.FieldDescriptor) {
			fields++
			comment := strings.TrimSpace(f.SourceLocations().ByDescriptor(field).LeadingComments)
			request := strings.Contains(string(field.FullName()), "Request.") // in one, or in a message within one
			switch {
			case request && (strings.HasPrefix(comment, "Required. ") || strings.HasPrefix(comment, "Optional. ")):
			case !request && strings.HasPrefix(comment, "Output only. "):
			default:
				t.Errorf("%s opens with %.40q", field.FullName(), comment)
			}
		})
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				options, _ := methods.Get(j).Options().(*descriptorpb.MethodOptions)
				if options.GetIdempotencyLevel() != descriptorpb.MethodOptions_NO_SIDE_EFFECTS {
					t.Errorf("%s does not declare NO_SIDE_EFFECTS", methods.Get(j).FullName())
				}
			}
		}
		return true
	})
	if fields < 100 {
		t.Errorf("only %d fields looked at", fields)
	}
}

// TestCommentsNameTheLimits: the contract says what is refused.
func TestCommentsNameTheLimits(t *testing.T) {
	d, err := documented()
	if err != nil {
		t.Fatal(err)
	}
	for field, limit := range map[string]string{
		"CheckDomainRequest.domain":         fmt.Sprintf("most %d octets", maxName),
		"CheckDomainRequest.dkim_selectors": fmt.Sprintf("most %d.", maxSelectors),
		"CheckDomainRequest.sending_ips":    fmt.Sprintf("most %d.", maxSendingIPs),
		"CheckSenderRequest.helo":           fmt.Sprintf("most %d octets", maxName),
		"CheckSenderRequest.mail_from":      fmt.Sprintf("most %d octets", maxPath),
		"CheckSenderRequest.header_from":    fmt.Sprintf("most %d octets", maxFrom),
		"CheckSenderRequest.message":        fmt.Sprintf("most %d MiB", maxMessage>>20),
		"CheckSenderRequest.authserv_id":    fmt.Sprintf("most %d octets", maxAuthservID),
		"CheckSenderRequest.blocklists":     fmt.Sprintf("most %d.", maxBlocklists),
		"CheckMessageRequest.chunk":         fmt.Sprintf("most %d MiB", maxChunk>>20),
		"CheckMessageRequest.Envelope.helo": fmt.Sprintf("most %d octets", maxName),
		"ExplainSMTPErrorRequest.text":      fmt.Sprintf("most %d KiB", maxText>>10),
		"ExplainSMTPErrorRequest.helo":      fmt.Sprintf("most %d octets", maxName),
	} {
		x, err := d.FindDescriptorByName(protoreflect.FullName("mailassay.v1." + field))
		if err != nil {
			t.Fatal(err)
		}
		comment := x.ParentFile().SourceLocations().ByDescriptor(x).LeadingComments
		comment = strings.ReplaceAll(strings.Join(strings.Fields(comment), " "), ",", "")
		if !strings.Contains(comment, limit) {
			t.Errorf("%s does not say %q: %s", field, limit, comment)
		}
	}
}

// rangeFields calls f for every field of messages and of those nested in them.
func rangeFields(messages protoreflect.MessageDescriptors, f func(protoreflect.FieldDescriptor)) {
	for i := range messages.Len() {
		m := messages.Get(i)
		for j := range m.Fields().Len() {
			f(m.Fields().Get(j))
		}
		rangeFields(m.Messages(), f)
	}
}

// TestDescriptorsAreCurrent: the embedded set says the same as the generated code.
func TestDescriptorsAreCurrent(t *testing.T) {
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(mailassayv1.Descriptors, &set); err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, embedded := range set.GetFile() {
		if embedded.GetPackage() != "mailassay.v1" {
			continue
		}
		files++
		generated, err := protoregistry.GlobalFiles.FindFileByPath(embedded.GetName())
		if err != nil {
			t.Fatal(err)
		}
		embedded.SourceCodeInfo = nil
		embedded.ProtoReflect().SetUnknown(nil) // notes of buf
		if !proto.Equal(embedded, protodesc.ToFileDescriptorProto(generated)) {
			t.Errorf("%s differs from the generated code: run make generate", embedded.GetName())
		}
	}
	if files < 6 {
		t.Errorf("only %d files", files)
	}
}
